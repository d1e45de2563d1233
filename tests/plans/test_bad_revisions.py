"""Revisions that make no sense: each is refused by field and rule, and nothing else changes."""

from typing import Any
from uuid import uuid4

import pytest

from tests.plans import making
from tests.plans.conftest import TODAY, YESTERDAY, Scene, named
from tests.plans.making import DAILY, DOSE

SCHEDULES: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "hourly"}, "kind", "choice"),
    ({"times_per_day": 1}, "kind", "required"),
    ({"kind": "daily"}, "times_per_day", "required"),
    ({"kind": "daily", "times_per_day": 0}, "times_per_day", "range"),
    ({"kind": "daily", "times_per_day": 13}, "times_per_day", "range"),
    ({"kind": "daily", "times_per_day": 1.5}, "times_per_day", "type"),
    ({"kind": "daily", "times_per_day": "2"}, "times_per_day", "type"),
    ({"kind": "daily", "times_per_day": 1, "weekdays": ["mon"]}, "weekdays", "other_kind"),
    ({"kind": "daily", "times_per_day": 1, "every_n_days": 2}, "every_n_days", "other_kind"),
    ({"kind": "weekdays", "weekdays": [], "times_per_day": 1}, "weekdays", "required"),
    ({"kind": "weekdays", "weekdays": ["mon", "mon"], "times_per_day": 1}, "weekdays", "repeated"),
    ({"kind": "weekdays", "weekdays": ["mon", "moon"], "times_per_day": 1}, "weekdays/1", "choice"),
    ({"kind": "weekdays", "weekdays": ["mon"] * 8, "times_per_day": 1}, "weekdays", "length"),
    ({"kind": "every_n_days", "every_n_days": 1, "times_per_day": 1}, "every_n_days", "range"),
    ({"kind": "every_n_days", "every_n_days": 15, "times_per_day": 1}, "every_n_days", "range"),
    ({"kind": "weekly_quota", "times_per_week": 8}, "times_per_week", "range"),
    ({"kind": "weekly_quota", "times_per_week": 3, "times_per_day": 1}, "times_per_day", "other_kind"),
    ({"kind": "as_needed", "max_per_day": 0}, "max_per_day", "range"),
    ({"kind": "as_needed", "times_per_week": 2}, "times_per_week", "other_kind"),
    ({"kind": "as_needed", "often": True}, "often", "unknown"),
]
DOSES: list[tuple[dict[str, Any], str, str]] = [
    ({"sets": 0, "reps": 10}, "sets", "range"),
    ({"reps": 10}, "sets", "required"),
    ({"sets": 3}, "reps", "required"),
    ({"sets": 3, "reps": 10, "duration_seconds": 60}, "reps", "other_kind"),
    ({"sets": 3, "hold_seconds": 10, "duration_seconds": 60}, "hold_seconds", "other_kind"),
    ({"sets": 3, "reps": 1001}, "reps", "range"),
    ({"sets": 3, "reps": True}, "reps", "type"),
    ({"sets": 3, "hold_seconds": 86_401}, "hold_seconds", "range"),
    ({"sets": 3, "reps": 10, "sides": 3}, "sides", "range"),
    ({"sets": 3, "reps": 10, "load": {"unit": "stone", "value": 1}}, "load/unit", "choice"),
    ({"sets": 3, "reps": 10, "load": {"unit": "kg"}}, "load/value", "range"),
    ({"sets": 3, "reps": 10, "load": {"unit": "kg", "value": 1, "colour": "red"}}, "load/colour", "other_kind"),
    ({"sets": 3, "reps": 10, "load": {"unit": "band", "value": 1, "colour": "red"}}, "load/value", "other_kind"),
    ({"sets": 3, "reps": 10, "note": "nul\x00"}, "note", "text"),
]


def refuse(scene: Scene, body: dict[str, Any], status: int, errors: list[tuple[str, str]]) -> None:
    """Send a revision beside a good one that the same plan takes, and see that it changes nothing."""
    plan = scene.plan(starts_on="2026-04-20")
    making.publish(plan, scene.item())
    before = scene.stand(plan), scene.due()
    response = plan.send("POST", "/revisions", body)
    assert (response.status_code, named(response)) == (status, errors)
    assert (scene.stand(plan), scene.due()) == before


@pytest.mark.parametrize(("schedule", "field", "rule"), SCHEDULES)
def test_a_schedule_that_makes_no_sense_is_refused(
    scene: Scene, schedule: dict[str, Any], field: str, rule: str
) -> None:
    body = {"items": [scene.item(), scene.item(schedule=schedule)]}
    refuse(scene, body, 422, [(f"/items/1/schedule/{field}", rule)])


@pytest.mark.parametrize(("dose", "field", "rule"), DOSES)
def test_a_dose_that_makes_no_sense_is_refused(scene: Scene, dose: dict[str, Any], field: str, rule: str) -> None:
    refuse(scene, {"items": [scene.item(dose=dose)]}, 422, [(f"/items/0/dose/{field}", rule)])


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"items": []}, [("/items", "length")]),
        ({"items": [{}] * 101}, [("/items", "length")]),
        ({"items": {}}, [("/items", "type")]),
        ({"effective_on": "2026-04-19", "reason": "x"}, [("/effective_on", "before_start")]),
        ({"effective_on": "2026-13-01"}, [("/effective_on", "date")]),
        ({"effective_on": "2036-01-01"}, [("/effective_on", "range")]),
        ({"effective_on": YESTERDAY}, [("/reason", "back_dated")]),
        ({"effective_on": YESTERDAY, "reason": " "}, [("/reason", "length")]),
        ({"surprise": 1}, [("/surprise", "unknown")]),
    ],
)
def test_a_revision_that_makes_no_sense_is_refused(
    scene: Scene, change: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    refuse(scene, {"items": [scene.item()], **change}, 422, errors)


def test_an_item_names_an_exercise_or_a_prescription(scene: Scene) -> None:
    dosed = {"dose": DOSE, "schedule": DAILY}
    both = {**dosed, "exercise_id": str(scene.squat), "prescription_id": str(scene.squat)}
    errors = [("/items/0/exercise_id", "one_of"), ("/items/1/exercise_id", "one_of")]
    refuse(scene, {"items": [both, dosed]}, 422, errors)


def test_an_exercise_of_another_clinic_a_colleagues_draft_and_a_made_up_one_are_refused_alike(scene: Scene) -> None:
    foreign = making.exercise(scene.world.practitioner(scene.world.clinic()), scope="clinic")
    draft = making.exercise(scene.world.practitioner(scene.lead.clinic_id), scope="draft")
    items = [scene.item(), *(making.new_item(each) for each in (foreign, draft, uuid4()))]
    errors = [(f"/items/{place}/exercise_id", "unknown_exercise") for place in (1, 2, 3)]
    refuse(scene, {"items": items}, 422, errors)


def test_a_colleagues_shared_exercise_and_ones_own_draft_are_taken(scene: Scene) -> None:
    shared = making.exercise(scene.world.practitioner(scene.lead.clinic_id), scope="clinic")
    draft = making.exercise(scene.lead, scope="draft")
    assert len(making.publish(scene.plan(), making.new_item(shared), making.new_item(draft))) == 2


def test_a_prescription_of_another_plan_is_refused(scene: Scene) -> None:
    own, other = scene.plan(), scene.plan()
    (mine,) = making.publish(own, scene.item())
    (foreign,) = making.publish(other, scene.item())
    before = scene.stand(own)
    items = [making.carried_item(mine), scene.item(), making.carried_item(foreign), making.carried_item(uuid4())]
    response = own.send("POST", "/revisions", {"items": items})
    errors = [(f"/items/{place}/prescription_id", "unknown_prescription") for place in (2, 3)]
    assert (response.status_code, named(response)) == (422, errors)
    assert scene.stand(own) == before


def test_an_unknown_exercise_is_named_by_its_place_among_carried_items(scene: Scene) -> None:
    plan = scene.plan()
    (mine,) = making.publish(plan, scene.item())
    items = [scene.item(), making.carried_item(mine), making.new_item(uuid4())]
    response = plan.send("POST", "/revisions", {"items": items})
    assert (response.status_code, named(response)) == (422, [("/items/2/exercise_id", "unknown_exercise")])


def test_a_prescription_named_twice_is_refused(scene: Scene) -> None:
    plan = scene.plan()
    (mine,) = making.publish(plan, scene.item())
    response = plan.send("POST", "/revisions", {"items": [making.carried_item(mine), making.carried_item(mine)]})
    assert (response.status_code, named(response)) == (422, [("/items/1/prescription_id", "repeated")])


def test_a_revision_from_the_plans_end_on_is_refused(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": "2026-05-20"})
    for effective_on, status in (("2026-05-20", 422), ("2026-05-19", 201)):
        response = plan.send("POST", "/revisions", {"items": [scene.item()], "effective_on": effective_on})
        assert response.status_code == status
        assert status == 201 or named(response) == [("/effective_on", "after_end")]


def test_publishing_to_a_plan_that_has_ended_is_refused(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-04-20")
    plan.send("POST", "/end", {"discharge_reason": "goals_met"})
    before = scene.stand(plan)
    for effective_on in (TODAY, YESTERDAY):
        body = {"items": [scene.item()], "effective_on": effective_on, "reason": "Late."}
        response = plan.send("POST", "/revisions", body)
        assert (response.status_code, named(response)) == (409, [("plan_id", "ended")])
    assert scene.stand(plan) == before


def test_if_match_is_asked_for_and_judged(scene: Scene) -> None:
    plan = scene.plan()
    old = plan.etag
    making.publish(plan, scene.item())
    before = scene.stand(plan)
    missing = scene.lead.http.post(f"/v1/plans/{plan.id}/revisions", json={"items": [scene.item()]})
    stale = plan.send("POST", "/revisions", {"items": [scene.item()]}, **{"If-Match": old})
    assert (missing.status_code, missing.get_json()["code"]) == (428, "if_match_missing")
    assert (stale.status_code, stale.get_json()["code"]) == (412, "changed_meanwhile")
    assert scene.stand(plan) == before


def test_a_body_of_a_hundred_levels_is_refused(scene: Scene) -> None:
    plan = scene.plan()
    body = '{"items":' + "[" * 100 + "]" * 100 + "}"
    headers = {"If-Match": plan.etag, "Content-Type": "application/json"}
    response = scene.lead.http.post(f"/v1/plans/{plan.id}/revisions", data=body, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (400, "malformed_json")
