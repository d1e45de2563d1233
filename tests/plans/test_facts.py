"""What is published when plans change, and that a refusal is silent."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from hep_api.plans import facts
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene

KINDS = (facts.PlanStarted, facts.RevisionPublished, facts.PlanPaused, facts.PauseChanged, facts.PlanEnded)


@pytest.fixture
def heard(scene: Scene) -> Iterator[list[Any]]:
    """Listen beside the app's own reactions."""
    database = scene.world.app.extensions["hep_database"]
    own, seen = database._reactions, []

    def listen(_: Any, fact: Any) -> None:
        seen.append(fact)

    database._reactions = {**own, **{kind: (*own.get(kind, ()), listen) for kind in KINDS}}
    yield seen
    database._reactions = own


def told(seen: list[Any]) -> list[tuple[str, str, str | None]]:
    """(kind, from_on, to_on) of each fact heard, and forget them."""
    found = [
        (type(fact).__name__, str(fact.from_on), str(fact.to_on) if getattr(fact, "to_on", None) else None)
        for fact in seen
    ]
    seen.clear()
    return found


def test_each_change_tells_from_when_expectations_may_differ(scene: Scene, heard: list[Any]) -> None:
    plan = scene.plan(starts_on="2026-04-20")
    assert told(heard) == [("PlanStarted", "2026-04-20", None)]
    (one,) = making.publish(plan, scene.item(), effective_on="2026-04-20")
    making.publish(plan, making.carried_item(one), effective_on=YESTERDAY)
    plan.send("POST", "/revisions", {"items": [making.carried_item(one)]})
    assert told(heard) == [("RevisionPublished", day, None) for day in ("2026-04-20", YESTERDAY, TOMORROW)]
    pause_id = plan.send("POST", "/pauses", {"from": TODAY, "to": "2026-05-09", "reason": "Away."}).get_json()["id"]
    plan.send("PATCH", f"/pauses/{pause_id}", {"from": YESTERDAY, "to": TOMORROW, "reason": "Moved."})
    plan.send("PATCH", f"/pauses/{pause_id}", {"from": TODAY, "to": None, "reason": "Longer."})
    plan.send("PATCH", f"/pauses/{pause_id}", {"withdrawn": True, "reason": "Mistaken."})
    assert told(heard) == [
        ("PlanPaused", TODAY, "2026-05-09"),
        ("PauseChanged", YESTERDAY, "2026-05-09"),
        ("PauseChanged", YESTERDAY, None),
        ("PauseChanged", TODAY, None),
    ]
    for ends_on in ("2026-06-01", "2026-07-01", "2026-05-20"):
        plan.send("POST", "/end", {"discharge_reason": "other", "ends_on": ends_on})
    assert told(heard) == [("PlanEnded", day, None) for day in ("2026-06-01", "2026-06-01", "2026-05-20")]


def test_facts_name_clinic_patient_plan_and_number(scene: Scene, heard: list[Any]) -> None:
    plan = scene.plan(goals=["Dog", "Bend"])
    making.publish(plan, scene.item())
    goals = [UUID(each["id"]) for each in scene.lead.http.get(f"/v1/plans/{plan.id}/goals").get_json()["items"]]
    revision = UUID(scene.lead.http.get(f"/v1/plans/{plan.id}/revisions/1").get_json()["id"])
    whose = (scene.lead.clinic_id, scene.patient.patient_id, plan.id)
    assert heard == [
        facts.PlanStarted(*whose, date(2026, 5, 6), tuple(goals)),
        facts.RevisionPublished(*whose, date(2026, 5, 6), 1, (revision,)),
    ]
    assert len(goals) == 2


def test_refusals_and_repeats_are_silent(scene: Scene, heard: list[Any]) -> None:
    plan = scene.plan(id="0198c0de-0000-7000-8000-000000000001")
    body = {"id": "0198c0de-0000-7000-8000-000000000002", "items": [scene.item()]}
    plan.send("POST", "/revisions", body)
    heard.clear()
    scene.plan(id="0198c0de-0000-7000-8000-000000000001")
    plan.send("POST", "/revisions", body)
    plan.send("POST", "/revisions", {"items": [scene.item()], "effective_on": YESTERDAY})
    plan.send("POST", "/pauses", {"from": TODAY, "to": TODAY, "reason": "Away."})
    plan.send("POST", "/end", {"discharge_reason": "bored"})
    assert heard == []
