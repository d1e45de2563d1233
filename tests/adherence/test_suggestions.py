"""The next dose is suggested when its rule is met, taken back when it no longer is, and applied only by a person."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from hep_api.adherence import jobs
from hep_api.adherence.actions import suggesting
from hep_api.foundation import clock
from hep_api.foundation.jobs.models import Job
from tests.adherence.conftest import TODAY, TOMORROW, Scene, begin, event
from tests.plans import making
from tests.plans.conftest import named

NEXT = {"sets": 3, "reps": 12}
RULE = {"after_days": 7, "completion_at_least": 0.8, "pain_under": 4, "next_dose": NEXT}
DAILY = {"kind": "daily", "times_per_day": 1}


@pytest.fixture
def ruled(scene: Scene) -> Scene:
    """A plan with one exercise daily and a rule, in force since 29 April: seven closed days, six of them done."""
    made = begin(scene.world, scene.lead, scene.patient, DAILY, on="2026-04-29")
    carry(made, making.carried_item(made.daily, progression=RULE), effective_on="2026-04-29", reason="A rule.")
    made.upload(*[event(made.daily, f"2026-05-0{day}", pain=3) for day in range(1, 6)])
    made.upload(event(made.daily, "2026-04-29"))
    return made


def carry(scene: Scene, *items: dict[str, Any], **content: Any) -> None:
    making.publish(scene.plan, *items, **content)


def judge(scene: Scene) -> None:
    with scene.world.transaction() as session:
        suggesting.suggest_doses(session, scene.lead.clinic_id, scene.patient.patient_id, clock.now())


def stand(scene: Scene) -> list[Any]:
    path = f"/v1/patients/{scene.patient.patient_id}/suggestions"
    items: list[Any] = scene.lead.http.get(path).get_json()["items"]
    return items


def states(scene: Scene) -> list[str]:
    return [each["state"] for each in stand(scene)]


def settle(scene: Scene, suggestion: Any, verb: str, **body: Any) -> Any:
    tag = {"If-Match": scene.lead.http.get(f"/v1/plans/{scene.plan.id}").headers["ETag"]}
    return scene.lead.http.post(f"/v1/suggestions/{suggestion['id']}/{verb}", json=body, headers=tag)


def test_a_met_rule_is_suggested_once_with_its_evidence_and_changes_nothing(ruled: Scene) -> None:
    before = ruled.lead.http.get(f"/v1/plans/{ruled.plan.id}").get_json()
    judge(ruled)
    judge(ruled)
    (found,) = stand(ruled)
    assert (found["state"], found["exercise"], found["version"]) == ("open", "Squat", 1)
    assert (found["rule"]["after_days"], found["rule"]["next_dose"]["reps"]) == (7, 12)
    assert found["evidence"] == {
        "from": "2026-04-29",
        "to": "2026-05-05",
        "completion": {"value": 0.8571, "numerator": 6, "denominator": 7},
        "pain_reports": 5,
        "highest_pain": 3,
    }
    assert [each["id"] for each in ruled.lead.http.get("/v1/suggestions").get_json()["items"]] == [found["id"]]
    assert ruled.lead.http.get(f"/v1/plans/{ruled.plan.id}").get_json() == before
    # Neither the patient nor whoever does not treat sees it; the patient does not even see the rule.
    assert ruled.patient.http.get("/v1/suggestions").status_code == 403
    stranger = ruled.world.practitioner(ruled.lead.clinic_id)
    assert stranger.http.get("/v1/suggestions").get_json()["items"] == []
    path = f"/v1/suggestions/{found['id']}/dismiss"
    assert stranger.http.post(path, json={"reason": "x"}).status_code == 404
    shown = [
        person.http.get(f"/v1/plans/{ruled.plan.id}/revisions/2").get_json()["items"][0]["progression"]
        for person in (ruled.lead, ruled.patient)
    ]
    assert [each and each["after_days"] for each in shown] == [7, None]


def test_accepting_publishes_the_next_dose_and_all_else_as_it_is(ruled: Scene) -> None:
    plank = making.new_item(making.exercise(ruled.lead, name="Plank"), progression={**RULE, "after_days": 90})
    carry(ruled, making.carried_item(ruled.daily, progression=RULE), plank, effective_on=TODAY)
    judge(ruled)
    (found,) = stand(ruled)
    stale = {"If-Match": '"nothing"'}
    path = f"/v1/suggestions/{found['id']}/accept"
    assert ruled.lead.http.post(path, json={}, headers=stale).status_code == 412
    told = settle(ruled, found, "accept").get_json()
    assert (told["state"], told["revision_number"], told["settled_by"]) == (
        "accepted",
        4,
        str(ruled.lead.member_id),
    )
    assert ruled.lead.http.post(path, json={}, headers=stale).get_json() == told
    revision = ruled.lead.http.get(f"/v1/plans/{ruled.plan.id}/revisions/4").get_json()
    assert revision["effective_on"] == TOMORROW
    first, second = revision["items"]
    assert (first["prescription_id"], first["dose"]["reps"], first["progression"]) == (str(ruled.daily), 12, None)
    assert (second["exercise"]["name"], second["dose"]["reps"]) == ("Plank", 10)
    assert second["progression"]["after_days"] == 90
    judge(ruled)
    assert states(ruled) == ["accepted"]
    assert named(settle(ruled, found, "dismiss", reason="x")) == [("suggestion_id", "settled")]


def test_a_suggestion_is_accepted_only_for_dates_on_which_its_version_holds(ruled: Scene) -> None:
    ahead = making.carried_item(ruled.daily, dose={"sets": 8, "reps": 12}, progression=RULE)
    carry(ruled, ahead, effective_on="2026-05-14")
    judge(ruled)
    (found,) = stand(ruled)
    # The phase ahead has the same rule and more than the rule's next dose.
    for day in ("2026-05-14", "2026-05-20"):
        refused = settle(ruled, found, "accept", effective_on=day)
        assert (refused.status_code, named(refused)) == (409, [("suggestion_id", "outdated")])
    assert states(ruled) == ["open"]
    assert settle(ruled, found, "accept", effective_on="2026-05-13").status_code == 200
    # What is ahead of that date holds again from its own.
    bundle = ruled.patient.http.get(f"/v1/patients/{ruled.patient.patient_id}/offline").get_json()
    versions = [
        (each["valid_from"], each["dose"]["sets"], each["dose"]["reps"])
        for plan in bundle["plans"]
        for prescription in plan["prescriptions"]
        if prescription["id"] == str(ruled.daily)
        for each in prescription["versions"]
    ]
    assert versions[-2:] == [("2026-05-13", 3, 12), ("2026-05-14", 8, 12)]


def test_a_rule_may_change_the_schedule_with_the_dose_or_alone(ruled: Scene) -> None:
    rarer = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1}
    rule = {**RULE, "next_dose": making.DOSE, "next_schedule": rarer}
    carry(ruled, making.carried_item(ruled.daily, progression=rule), effective_on="2026-04-29", reason="A rule.")
    judge(ruled)
    (found,) = stand(ruled)
    assert found["rule"]["next_schedule"] == rarer
    number = settle(ruled, found, "accept").get_json()["revision_number"]
    (item,) = ruled.lead.http.get(f"/v1/plans/{ruled.plan.id}/revisions/{number}").get_json()["items"]
    assert (item["schedule"], item["dose"]["reps"], item["progression"]) == (rarer, 10, None)
    words = ruled.patient.http.get(f"/v1/plans/{ruled.plan.id}/revisions/{number}/changes").get_json()["words"]
    assert words == ["Squat: once a day, Mon, Wed and Fri instead of once a day"]


def test_a_dismissed_one_is_not_suggested_again_until_the_rule_changes(ruled: Scene) -> None:
    judge(ruled)
    (found,) = stand(ruled)
    assert named(settle(ruled, found, "dismiss")) == [("/reason", "required")]
    assert settle(ruled, found, "dismiss", reason="Too early.").get_json()["reason"] == "Too early."
    judge(ruled)
    assert states(ruled) == ["dismissed"]
    easier = {**RULE, "completion_at_least": 0.5}
    carry(ruled, making.carried_item(ruled.daily, progression=easier), effective_on=TODAY)
    judge(ruled)
    assert [(each["state"], each["version"]) for each in stand(ruled)] == [("open", 1), ("dismissed", 1)]


def test_an_open_one_is_outdated_by_another_dose_by_an_end_and_by_pain(ruled: Scene) -> None:
    judge(ruled)
    ruled.upload(event(ruled.daily, TODAY, pain=7))
    judge(ruled)
    assert states(ruled) == ["outdated"]
    again = begin(ruled.world, ruled.lead, ruled.patient, DAILY, on="2026-04-29")
    rule = {**RULE, "pain_under": None}
    carry(again, making.carried_item(again.daily, progression=rule), effective_on="2026-04-29", reason="A rule.")
    again.upload(*[event(again.daily, f"2026-05-0{day}") for day in range(1, 6)], event(again.daily, "2026-04-30"))
    judge(again)
    assert states(again) == ["open", "outdated"]
    # Published in eight days it does not touch what could be accepted tomorrow; from tomorrow it does.
    carry(again, making.carried_item(again.daily, dose={"sets": 5, "reps": 5}), effective_on="2026-05-14")
    assert states(again) == ["open", "outdated"]
    carry(again, making.carried_item(again.daily, dose={"sets": 4, "reps": 5}), effective_on=TOMORROW)
    assert states(again) == ["outdated", "outdated"]


def test_a_pause_suggests_nothing_and_takes_nothing_back(ruled: Scene) -> None:
    ruled.plan.send("POST", "/pauses", {"from": TODAY, "reason": "Away."})
    judge(ruled)
    assert states(ruled) == []


def test_a_change_of_the_rule_alone_makes_no_version(ruled: Scene) -> None:
    changes = ruled.lead.http.get(f"/v1/plans/{ruled.plan.id}/revisions/2/changes").get_json()
    assert [each["kind"] for each in changes["changes"]] == ["progression"]
    assert ruled.patient.http.get(f"/v1/plans/{ruled.plan.id}/revisions/2/changes").get_json()["words"] == []


def test_rules_that_lead_nowhere_are_refused_by_field(ruled: Scene) -> None:
    same = making.carried_item(ruled.daily, progression={**RULE, "next_dose": making.DOSE})
    needed = making.carried_item(ruled.daily, schedule={"kind": "as_needed", "max_per_day": 2}, progression=RULE)
    other_unit = making.carried_item(ruled.daily, progression={**RULE, "next_dose": {"sets": 1, "hold_seconds": 9}})
    for item, error in (
        (same, ("/items/0/progression/next_dose", "same_as_dose")),
        (needed, ("/items/0/progression/completion_at_least", "as_needed")),
    ):
        refused = ruled.plan.send("POST", "/revisions", {"items": [item]})
        assert (refused.status_code, named(refused)) == (422, [error])
    assert ruled.plan.send("POST", "/revisions", {"items": [other_unit]}).status_code == 201


def test_a_report_and_the_daily_sweep_ask_for_the_same_job_once(ruled: Scene) -> None:
    clinic_id, patient_id = ruled.lead.clinic_id, ruled.patient.patient_id

    def waiting() -> list[Job]:
        query = select(Job).where(Job.kind == suggesting.SUGGEST, Job.clinic_id == clinic_id)
        with ruled.world.transaction() as session:
            return list(session.scalars(query))

    (asked,) = waiting()
    assert UUID(asked.payload["patient_id"]) == patient_id
    with ruled.world.transaction() as session:
        jobs.sweep_suggestions(session, {"clinic_id": str(clinic_id)}, clock.now())
    assert [job.id for job in waiting()] == [asked.id]
    with ruled.world.transaction() as session:
        jobs.suggest_doses(session, asked.payload, clock.now())
    assert states(ruled) == ["open"]
