"""What was pulled, held against what the server's other doors show of the same."""

from collections.abc import Iterable
from typing import Any

from hep_api.sync.conformance.pulling import Pulled
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import expect

Keys = set[tuple[Any, ...]]


def expect_whole(scene: Scene, pulled: Pulled) -> None:
    """Expect all of it: events as listed, plans and goals as in the bundle, revisions as each plan lists them."""
    _expect_same("events", {(each["id"],) for each in scene.events_after()}, _ids(pulled, "events"))
    answer = scene.caller.get(f"{scene.path}/offline")
    expect(answer.status == 200, f"the bundle was answered {answer}")
    plans = answer.json()["plans"]
    for plan in plans:
        expect(("plans", plan["id"]) in pulled.things, "the pull lacks a plan that the bundle has")
        held = pulled.things["plans", plan["id"]]
        differing = sorted(name for name in plan if held.get(name) != plan[name])
        expect(not differing, f"a plan that was pulled differs from the bundle's in {', '.join(differing)}")
    goals = [{**goal, "plan_id": plan["id"]} for plan in plans for goal in plan.get("goals_in_full", [])]
    _expect_same("goals", {(each["id"],) for each in goals}, _ids(pulled, "goals"))
    for goal in goals:
        held = pulled.things["goals", goal["id"]]
        expect(held == goal, f"a goal is in the bundle as {goal} and was pulled as {held}")
    pauses = {(plan["id"], each["from"], each["to"]) for plan in plans for each in plan["pauses"]}
    _expect_same("pauses", pauses, _keys(pulled, "pauses", "plan_id", "from", "to"))
    _expect_revisions(scene, pulled, [plan["id"] for plan in plans])


def _expect_revisions(scene: Scene, pulled: Pulled, plans: Iterable[str]) -> None:
    revisions = [each for plan_id in plans for each in _listed(scene, f"/v1/plans/{plan_id}/revisions")]
    named = {(each["id"], each["number"]) for each in revisions}
    _expect_same("revisions", named, _keys(pulled, "revisions", "id", "number"))
    seen = {(each["id"], each["number"]) for each in revisions if each["acknowledged_at"] is not None}
    _expect_same("acknowledgements", seen, _keys(pulled, "acknowledgements", "id", "number"))


def _listed(scene: Scene, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = scene.caller.get(path, limit=200, cursor=cursor)
        expect(answer.status == 200, f"{path} was answered {answer}")
        page = answer.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return items


def _expect_same(what: str, shown: Keys, pulled: Keys) -> None:
    missing, more = len(shown - pulled), len(pulled - shown)
    expect(
        shown == pulled,
        f"of {len(shown)} {what} that other doors show {missing} were not pulled, and {more} others were",
    )


def _ids(pulled: Pulled, name: str) -> Keys:
    return _keys(pulled, name, "id")


def _keys(pulled: Pulled, name: str, *fields: str) -> Keys:
    return {tuple(thing[field] for field in fields) for (kind, _), thing in pulled.things.items() if kind == name}
