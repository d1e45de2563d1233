"""Ending a plan: today, later, in the past; with a reason from the list."""

from typing import Any

import pytest
from sqlalchemy import select

from hep_api.plans.models.plans import DischargeReason, PlanEnd
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, YESTERDAY, Scene, named
from tests.plans.making import MadePlan


def running(scene: Scene) -> MadePlan:
    plan = scene.plan(starts_on="2026-04-20")
    making.publish(plan, scene.item(), effective_on="2026-04-20")
    return plan


def end(plan: MadePlan, **content: Any) -> Any:
    return plan.send("POST", "/end", {"discharge_reason": "goals_met", **content})


def test_ended_today_a_plan_expects_nothing_from_today_on(scene: Scene) -> None:
    plan = running(scene)
    told = end(plan).get_json()
    assert (told["ends_on"], told["status"], told["discharge_reason"]) == (TODAY, "ended", "goals_met")
    assert [item["expected"] for item in scene.due(YESTERDAY)] == [1]
    assert scene.due(TODAY) == []


@pytest.mark.parametrize("reason", list(DischargeReason))
def test_every_reason_of_discharge_is_taken(scene: Scene, reason: DischargeReason) -> None:
    assert end(running(scene), discharge_reason=reason.value).get_json()["discharge_reason"] == reason.value


def test_an_end_may_be_set_ahead_and_set_anew_until_it_comes(scene: Scene) -> None:
    plan = running(scene)
    end(plan, ends_on="2026-06-01", note="Last visit then.")
    later = end(plan, ends_on="2026-07-01", discharge_reason="plateau")
    earlier = end(plan)
    again = end(plan)
    assert [each.status_code for each in (later, earlier, again)] == [200, 200, 409]
    assert named(again) == [("plan_id", "ended")]
    with scene.world.transaction() as session:
        words = session.scalars(select(PlanEnd).where(PlanEnd.plan_id == plan.id).order_by(PlanEnd.change)).all()
    assert [(str(word.ends_on), word.discharge_reason.value) for word in words] == [
        ("2026-06-01", "goals_met"),
        ("2026-07-01", "plateau"),
        (TODAY, "goals_met"),
    ]


def test_an_end_in_the_past_needs_a_reason(scene: Scene) -> None:
    plan = running(scene)
    refused = end(plan, ends_on=YESTERDAY)
    assert (refused.status_code, named(refused)) == (422, [("/reason", "back_dated")])
    assert [item["expected"] for item in scene.due(YESTERDAY)] == [1]
    assert end(plan, ends_on=YESTERDAY, reason="Told us so.").status_code == 200
    assert scene.due(YESTERDAY) == []


def test_a_plan_that_never_began_ends_as_it_starts(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-06-01")
    making.publish(plan, scene.item())
    assert end(plan).get_json()["ends_on"] == "2026-06-01"
    assert scene.due("2026-06-01") == []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/discharge_reason", "required")]),
        ({"discharge_reason": "bored"}, [("/discharge_reason", "choice")]),
        ({"discharge_reason": None}, [("/discharge_reason", "null")]),
        ({"discharge_reason": "other", "ends_on": "soon"}, [("/ends_on", "date")]),
        ({"discharge_reason": "other", "ends_on": "2026-04-19", "reason": "x"}, [("/ends_on", "before_start")]),
        ({"discharge_reason": "other", "ends_on": "2126-01-01"}, [("/ends_on", "range")]),
        ({"discharge_reason": "other", "when": TOMORROW}, [("/when", "unknown")]),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(
    scene: Scene, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    plan = running(scene)
    before = scene.stand(plan)
    response = plan.send("POST", "/end", body)
    assert (response.status_code, named(response)) == (422, errors)
    assert scene.stand(plan) == before


def test_ending_needs_the_plans_present_etag(scene: Scene) -> None:
    plan = scene.plan()
    old = plan.etag
    making.publish(plan, scene.item())
    body = {"discharge_reason": "other"}
    assert plan.send("POST", "/end", body, **{"If-Match": old}).status_code == 412
    assert plan.send("POST", "/end", body, **{"If-Match": ""}).status_code == 428
    assert scene.stand(plan)[0]["status"] == "open"


def test_the_exercises_of_an_ended_plan_stay_readable_for_the_patient_as_long_as_the_clinic_says(
    scene: Scene, noon: Any
) -> None:
    plan = running(scene)
    assert end(plan).get_json()["exercises_readable_until"] == "2026-08-04"
    for day, readable in (("2026-08-03", True), ("2026-08-04", False)):
        # The clinic keeps 90 days: the 90th after 6 May is 4 August.
        noon.move_to(f"{day}T10:00:00+00:00")
        patient, lead = scene.world.sign_in(scene.patient), scene.world.sign_in(scene.lead)
        assert patient.http.get(f"/v1/plans/{plan.id}/revisions/1").status_code == (200 if readable else 404)
        assert len(scene.due(YESTERDAY)) == (1 if readable else 0)
        bundle = patient.http.get(f"/v1/patients/{patient.patient_id}/offline").get_json()
        assert len(bundle["plans"]) == (1 if readable else 0)
        assert lead.http.get(f"/v1/plans/{plan.id}/revisions/1").status_code == 200
        assert patient.http.get(f"/v1/plans/{plan.id}").status_code == 200
        assert patient.http.get(f"/v1/plans/{plan.id}/discharge").get_json()["exercises_readable"] is readable


def test_a_discharge_tells_why_in_words_and_what_became_of_the_goals(scene: Scene) -> None:
    plan = scene.plan(starts_on="2026-04-20", goals=["Climb stairs", "Run", "Swim"], own_why="My dog.")
    path = f"/v1/plans/{plan.id}/discharge"
    assert scene.lead.http.get(path).status_code == 404
    goals = scene.lead.http.get(f"/v1/plans/{plan.id}/goals").get_json()["items"]
    for goal, outcome in zip(goals, ({"state": "reached"}, {"state": "withdrawn", "note": "No time."}), strict=False):
        tag = f'"{goal["id"]}-1"'
        url = f"/v1/plans/{plan.id}/goals/{goal['id']}/outcome"
        assert scene.lead.http.put(url, json=outcome, headers={"If-Match": tag}).status_code == 200
    said = {"summary": "Go on with the stairs.", "note": "Was late often.", "discharge_reason": "plateau"}
    assert end(plan, ends_on=TOMORROW, **said).status_code == 200
    ahead = scene.patient.http.get(path).get_json()
    assert (ahead["has_come"], [goal["state"] for goal in ahead["goals"]]) == (False, ["reached", "withdrawn", "open"])
    end(plan, **said)
    staff, patient = (person.http.get(path).get_json() for person in (scene.lead, scene.patient))
    assert (staff.pop("note"), patient.pop("note")) == ("Was late often.", None)
    assert staff == patient
    assert (patient["summary"], patient["discharge_reason"], patient["own_why"]) == (
        "Go on with the stairs.",
        "plateau",
        "My dog.",
    )
    assert (patient["ends_on"], patient["exercises_readable_until"], patient["exercises_readable"]) == (
        TODAY,
        "2026-08-04",
        True,
    )
    assert [goal["state"] for goal in patient["goals"]] == ["reached", "withdrawn", "not_reached"]
    tag = f'"{goals[2]["id"]}-1"'
    late = scene.lead.http.put(
        f"/v1/plans/{plan.id}/goals/{goals[2]['id']}/outcome", json={"state": "reached"}, headers={"If-Match": tag}
    )
    assert (late.status_code, named(late)) == (409, [("plan_id", "ended")])
