"""Starting a plan: now, later, in the past with a reason, and sent twice."""

from typing import Any
from uuid import uuid4

import pytest

from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene, named


def start(scene: Scene, **content: Any) -> Any:
    body = {"title": "After knee surgery", "starts_on": TODAY, **content}
    return scene.lead.http.post(f"/v1/patients/{scene.patient.member_id}/plans", json=body)


def count(scene: Scene) -> int:
    listed = scene.lead.http.get(f"/v1/patients/{scene.patient.member_id}/plans").get_json()
    return len(listed["items"])


def test_a_plan_starts_open_and_without_exercises(scene: Scene) -> None:
    goals = ["Climb stairs", "Walk the dog"]
    response = start(scene, goals=goals, own_why="My dog.", visits_prescribed=12)
    assert response.status_code == 201
    told = response.get_json()
    assert {name: told[name] for name in told if name not in ("id", "started_at")} == {
        "patient_id": str(scene.patient.member_id),
        "title": "After knee surgery",
        "goals": goals,
        "own_why": "My dog.",
        "values_and_preferences": "",
        "visits_prescribed": 12,
        "starts_on": TODAY,
        "reason": None,
        "ends_on": None,
        "exercises_readable_until": None,
        "status": "open",
        "discharge_reason": None,
        "last_revision": 0,
        "version": 1,
        "started_by": str(scene.lead.member_id),
    }
    assert scene.patient.http.get(f"/v1/plans/{told['id']}").get_json() == told


@pytest.mark.parametrize("starts_on", [TODAY, TOMORROW, "2026-09-01"])
def test_a_start_from_today_on_needs_no_reason(scene: Scene, starts_on: str) -> None:
    assert start(scene, starts_on=starts_on).status_code == 201


def test_a_plan_may_start_in_the_past_with_a_reason(scene: Scene) -> None:
    refused = start(scene, starts_on="2026-01-01")
    accepted = start(scene, starts_on="2026-01-01", reason="Taken over from another clinic.")
    assert (refused.status_code, named(refused)) == (422, [("/reason", "back_dated")])
    assert accepted.status_code == 201
    assert accepted.get_json()["reason"] == "Taken over from another clinic."
    assert count(scene) == 1


@pytest.mark.parametrize(
    ("content", "field", "rule"),
    [
        ({"title": ""}, "/title", "length"),
        ({"title": "x" * 201}, "/title", "length"),
        ({"title": "nul\x00"}, "/title", "text"),
        ({"starts_on": "2026-02-30"}, "/starts_on", "date"),
        ({"starts_on": None}, "/starts_on", "null"),
        ({"starts_on": "2019-01-01", "reason": "Long ago."}, "/starts_on", "range"),
        ({"starts_on": "2199-01-01"}, "/starts_on", "range"),
        ({"goals": ["x"] * 21}, "/goals", "length"),
        ({"goals": ["x", 7]}, "/goals/1", "type"),
        ({"visits_prescribed": 7.9}, "/visits_prescribed", "type"),
        ({"visits_prescribed": 0}, "/visits_prescribed", "range"),
        ({"id": "not-a-uuid"}, "/id", "uuid"),
        ({"ends_on": TOMORROW}, "/ends_on", "unknown"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_field_and_rule(
    scene: Scene, content: dict[str, Any], field: str, rule: str
) -> None:
    response = start(scene, **content)
    assert (response.status_code, named(response)) == (422, [(field, rule)])
    assert count(scene) == 0


def test_the_same_plan_sent_twice_is_one_plan(scene: Scene) -> None:
    plan_id = str(uuid4())
    first = start(scene, id=plan_id)
    again = start(scene, id=plan_id, goals=[])
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert first.get_json()["id"] == plan_id
    assert first.headers["ETag"] == again.headers["ETag"]
    assert count(scene) == 1


def test_an_id_used_with_other_content_is_refused(scene: Scene) -> None:
    plan_id = str(uuid4())
    first = start(scene, id=plan_id)
    other = start(scene, id=plan_id, title="Another")
    assert (other.status_code, named(other)) == (409, [("/id", "used")])
    assert scene.lead.http.get(f"/v1/plans/{plan_id}").get_json() == first.get_json()


def test_an_id_used_for_another_patient_is_refused_and_tells_nothing(scene: Scene) -> None:
    plan_id = str(uuid4())
    stranger = scene.world.practitioner(scene.lead.clinic_id)
    making.start(stranger, scene.world.patient(stranger), id=plan_id, title="Canary")
    response = start(scene, id=plan_id)
    assert (response.status_code, named(response)) == (409, [("/id", "used")])
    assert "Canary" not in response.get_data(as_text=True)
    assert count(scene) == 0


def test_the_same_id_in_two_clinics_is_two_plans(scene: Scene) -> None:
    plan_id = str(uuid4())
    lead = scene.world.practitioner(scene.world.clinic())
    making.start(lead, scene.world.patient(lead), id=plan_id)
    assert start(scene, id=plan_id).status_code == 201


def test_a_patients_plans_are_listed_by_pages_the_last_started_first(scene: Scene) -> None:
    ids = [start(scene, title=f"Plan {number}").get_json()["id"] for number in range(3)]
    path = f"/v1/patients/{scene.patient.member_id}/plans?limit=2"
    first = scene.patient.http.get(path).get_json()
    second = scene.patient.http.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert [plan["id"] for plan in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


def test_a_list_of_plans_costs_four_statements(scene: Scene, statements: Any) -> None:
    for _ in range(3):
        start(scene)
    with statements() as seen:
        scene.patient.http.get(f"/v1/patients/{scene.patient.member_id}/plans")
    # One recognises, two read, one is the record of it.
    assert len(seen) == 4
