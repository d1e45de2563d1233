"""What a plan is for: goals in words and goals that are measured, who writes them, and what makes no sense of them."""

from typing import Any
from uuid import uuid4

import pytest

from hep_api.plans.goals import direction_of, is_met, progress_of
from tests.counting import StatementCounter
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.making import MadePlan
from tests.world import Person

BEND = {"text": "Bend", "measure": "Knee bend", "unit": "degrees", "start_value": 60, "target_value": 120}


@pytest.fixture
def plan(scene: Scene) -> MadePlan:
    return scene.plan(starts_on="2026-04-20")


def path(plan: MadePlan, *parts: str) -> str:
    return "/".join((f"/v1/plans/{plan.id}/goals", *parts))


def add(person: Person, plan: MadePlan, **content: Any) -> Any:
    return person.http.post(path(plan), json={**BEND, **content})


def settle(person: Person, plan: MadePlan, goal: Any, **content: Any) -> Any:
    tag = {"If-Match": person.http.get(path(plan, goal["id"])).headers["ETag"]}
    return person.http.put(path(plan, goal["id"], "outcome"), json=content, headers=tag)


def test_a_measured_goal_goes_from_start_to_target(scene: Scene, plan: MadePlan, statements: StatementCounter) -> None:
    sent_id = str(uuid4())
    goal = add(scene.lead, plan, id=sent_id, target_on="2026-06-01").get_json()
    assert add(scene.lead, plan, id=sent_id, target_on="2026-06-01").get_json() == goal
    assert named(add(scene.lead, plan, id=sent_id)) == [("/id", "used")]
    assert (goal["direction"], goal["progress"], goal["state"], goal["values"]) == ("up", None, "open", [])
    value = {"id": str(uuid4()), "value": 75}
    for person, body in (
        (scene.lead, {"value": 60, "measured_on": "2026-04-20"}),
        (scene.patient, {"value": 70}),
        (scene.patient, value),
        (scene.patient, value),
    ):
        shown = person.http.post(path(plan, goal["id"], "values"), json=body)
        assert shown.status_code == 201, shown.get_json()
    told = shown.get_json()
    assert [(each["measured_on"], each["value"]) for each in told["values"]] == [("2026-04-20", 60), (TODAY, 75)]
    assert (told["latest_value"], told["progress"], told["target_met"]) == (75, 0.25, False)
    refused = settle(scene.patient, plan, goal, state="reached")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "role_may_not")
    short = settle(scene.lead, plan, goal, state="reached", value=119)
    assert (short.status_code, named(short)) == (422, [("/value", "short_of_target")])
    settled = settle(scene.lead, plan, goal, state="reached", on=YESTERDAY, value=121, note="Well done.")
    reached = settled.get_json()
    assert (reached["state"], reached["outcome_on"], reached["outcome_value"], reached["outcome_by"]) == (
        "reached",
        YESTERDAY,
        121,
        str(scene.lead.member_id),
    )
    read = scene.patient.http.get(path(plan, goal["id"]))
    assert (read.status_code, read.get_json(), read.headers["ETag"]) == (
        200,
        settled.get_json(),
        settled.headers["ETag"],
    )
    add(scene.lead, plan, text="Walk")
    with statements() as seen:
        scene.patient.http.get(path(plan))
    # One recognises, one finds the plan, two read, one is the record of it.
    assert len(seen) == 5


def test_a_goal_in_words_is_the_patients_to_call_reached(scene: Scene) -> None:
    plan = scene.plan(goals=["Play with my dog", "Garden"])
    dog, garden = scene.patient.http.get(path(plan)).get_json()["items"]
    assert (dog["text"], dog["measure"], dog["direction"]) == ("Play with my dog", None, None)
    assert settle(scene.patient, plan, dog, state="reached", note="At last!").get_json()["state"] == "reached"
    for state in ("open", "withdrawn", "not_reached"):
        said = {} if state == "open" else {"note": "x"}
        assert settle(scene.patient, plan, garden, state=state, **said).status_code == 403
    assert settle(scene.lead, plan, dog, state="open").get_json()["outcome_note"] is None
    assert settle(scene.lead, plan, garden, state="withdrawn", note="Moved to a flat.").status_code == 200
    tag = {"If-Match": f'"{garden["id"]}-2"'}
    changed = scene.lead.http.patch(path(plan, garden["id"]), json={"text": "Balcony"}, headers=tag)
    assert (changed.status_code, named(changed)) == (409, [("/text", "settled")])
    assert scene.patient.http.get(f"/v1/plans/{plan.id}").get_json()["goals"] == ["Play with my dog"]
    value = scene.patient.http.post(path(plan, dog["id"], "values"), json={"value": 1})
    assert (value.status_code, named(value)) == (409, [("/value", "without_measure")])


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        ({"target_value": 60}, [("/target_value", "same_as_start")]),
        ({"target_value": None}, [("/target_value", "required")]),
        ({"target_on": "2026-04-19"}, [("/target_on", "before_start")]),
        (
            {"measure": None},
            [("/unit", "without_measure"), ("/start_value", "without_measure"), ("/target_value", "without_measure")],
        ),
        ({"text": " "}, [("/text", "length")]),
        ({"target_value": 1e7}, [("/target_value", "range")]),
        ({"direction": "up"}, [("/direction", "unknown")]),
    ],
)
def test_a_goal_that_contradicts_itself_is_refused_by_field_and_rule(
    scene: Scene, plan: MadePlan, content: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    good = add(scene.lead, plan).get_json()
    refused = add(scene.lead, plan, **content)
    assert (refused.status_code, named(refused)) == (422, errors)
    if "text" not in content and "direction" not in content:
        tag = {"If-Match": f'"{good["id"]}-1"'}
        changed = scene.lead.http.patch(path(plan, good["id"]), json=content, headers=tag)
        assert (changed.status_code, named(changed)) == (422, errors)
    (left,) = scene.lead.http.get(path(plan)).get_json()["items"]
    assert left == good


def test_outcomes_and_values_that_make_no_sense_are_refused(scene: Scene, plan: MadePlan) -> None:
    goal = add(scene.lead, plan).get_json()
    for content, error in (
        ({"state": "reached", "on": TOMORROW}, ("/on", "in_future")),
        ({"state": "reached", "on": "2026-04-19"}, ("/on", "before_start")),
        ({"state": "withdrawn"}, ("/note", "required")),
        ({"state": "open", "note": "x"}, ("/note", "other_kind")),
        ({"state": "done"}, ("/state", "choice")),
    ):
        refused = settle(scene.lead, plan, goal, **content)
        assert (refused.status_code, named(refused)) == (422, [error])
    for content, error in (
        ({"value": 1, "measured_on": TOMORROW}, ("/measured_on", "in_future")),
        ({"value": 1, "measured_on": "2026-04-19"}, ("/measured_on", "before_start")),
        ({"value": "ninety"}, ("/value", "type")),
    ):
        refused = scene.patient.http.post(path(plan, goal["id"], "values"), json=content)
        assert (refused.status_code, named(refused)) == (422, [error])
    tag = {"If-Match": f'"{goal["id"]}-7"'}
    stale = scene.lead.http.patch(path(plan, goal["id"]), json={"text": "x"}, headers=tag)
    assert stale.status_code == 412
    assert scene.lead.http.patch(path(plan, goal["id"]), json={"text": "x"}).status_code == 428
    assert scene.lead.http.get(path(plan)).get_json()["items"] == [goal]


def test_goals_of_another_plan_and_of_others_are_not_there(scene: Scene, plan: MadePlan) -> None:
    goal, other = add(scene.lead, plan).get_json(), scene.plan()
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    sent = {"state": "reached"}
    tag = {"If-Match": f'"{goal["id"]}-1"'}
    for person, where in ((scene.lead, other), (stranger, plan), (scene.world.patient(stranger), plan)):
        url = path(where, goal["id"])
        assert person.http.get(url).status_code == 404
        assert person.http.post(f"{url}/values", json={"value": 1}).status_code == 404
        assert person.http.put(f"{url}/outcome", json=sent, headers=tag).status_code == 404
    assert settle(scene.lead, plan, goal, **sent).status_code == 200


def test_a_plan_is_reworded_and_the_patient_writes_their_own_why(scene: Scene, plan: MadePlan) -> None:
    said = {"title": "Knee", "values_and_preferences": "Rather outside.", "visits_prescribed": None}
    told = plan.send("PATCH", "", said).get_json()
    assert {name: told[name] for name in said} == said
    tag = scene.patient.http.get(f"/v1/plans/{plan.id}").headers["ETag"]
    why = {"own_why": "My grandchildren."}
    mine = scene.patient.http.put(f"/v1/plans/{plan.id}/own-why", json=why, headers={"If-Match": tag})
    assert (mine.status_code, mine.get_json()["own_why"]) == (200, "My grandchildren.")
    assert plan.send("PATCH", "", {"own_why": "x"}).status_code == 412
    for body, error in (({}, ("/title", "one_of")), ({"starts_on": TODAY}, ("/starts_on", "unknown"))):
        refused = plan.send("PATCH", "", body)
        assert (refused.status_code, named(refused)) == (422, [error])
    theirs = scene.patient.http.patch(f"/v1/plans/{plan.id}", json=said, headers={"If-Match": "*"})
    assert theirs.status_code == 403
    assert scene.patient.http.get(f"/v1/plans/{plan.id}").get_json() == mine.get_json()


def test_direction_target_and_progress_are_told_by_the_start() -> None:
    assert [direction_of(*each) for each in ((1, 2), (2, 1), (None, 1), (1, None))] == ["up", "down", None, None]
    assert [is_met(value, 8, 3) for value in (3.5, 3, 2)] == [False, True, True]
    assert is_met(120, None, 120) is None
    assert [progress_of(value, 8, 2) for value in (9, 8, 7, 5, 2, 0)] == [0, 0, 0.1667, 0.5, 1, 1]
