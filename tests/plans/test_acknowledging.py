"""Patients see what changed and acknowledge it; practitioners see who has not."""

from typing import Any

import pytest

from tests.counting import StatementCounter
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene, named
from tests.plans.making import MadePlan
from tests.world import Person


@pytest.fixture
def plan(scene: Scene) -> MadePlan:
    """Revision 1 in force since 1 May, nothing acknowledged."""
    plan = scene.plan(starts_on="2026-05-01")
    making.publish(plan, scene.item(), effective_on="2026-05-01")
    return plan


def more(scene: Scene, plan: MadePlan, sets: int, on: str) -> None:
    newest = scene.lead.http.get(f"/v1/plans/{plan.id}").get_json()["last_revision"]
    items = scene.lead.http.get(f"/v1/plans/{plan.id}/revisions/{newest}").get_json()["items"]
    dose = {"sets": sets, "reps": 10}
    making.publish(plan, *[making.carried_item(each["prescription_id"], dose=dose) for each in items], effective_on=on)


def acknowledge(scene: Scene, plan: MadePlan, number: int, **body: Any) -> Any:
    return scene.patient.http.put(f"/v1/plans/{plan.id}/revisions/{number}/acknowledgement", json=body)


def waiting(scene: Scene) -> list[tuple[int, int | None, list[str]]]:
    """(number, since, words) of what the patient has yet to acknowledge; the practitioner's list has the same."""
    path = f"/v1/patients/{scene.patient.patient_id}/changes"
    told = [each["changes"] for each in scene.patient.http.get(path).get_json()["items"]]
    assert listed(scene.lead) == [each["number"] for each in told]
    return [(each["number"], each["since"], each["words"]) for each in told]


def listed(person: Person) -> list[int]:
    return [each["number"] for each in person.http.get("/v1/unacknowledged-revisions").get_json()["items"]]


def test_the_first_revision_and_each_change_wait_until_they_are_acknowledged(scene: Scene, plan: MadePlan) -> None:
    assert waiting(scene) == [(1, None, ["New: Squat: 3 sets of 10, once a day"])]
    before = scene.lead.http.get(f"/v1/plans/{plan.id}")
    said = {"acknowledged_at": "2026-05-05T20:00:00+02:00"}
    first, again = acknowledge(scene, plan, 1, **said), acknowledge(scene, plan, 1)
    assert first.get_json() == again.get_json()
    assert first.get_json()["acknowledged_at"] == "2026-05-05T18:00:00+00:00"
    assert waiting(scene) == []
    # Who is changing the plan at this moment need not read it again.
    assert scene.lead.http.get(f"/v1/plans/{plan.id}").headers["ETag"] == before.headers["ETag"]
    more(scene, plan, 4, TODAY)
    more(scene, plan, 5, TOMORROW)
    assert waiting(scene) == [
        (2, 1, ["Squat: 4 sets of 10 instead of 3 sets of 10"]),
        (3, 2, ["Squat: 5 sets of 10 instead of 4 sets of 10"]),
    ]
    acknowledge(scene, plan, 3)
    assert waiting(scene) == []
    shown = scene.lead.http.get(f"/v1/plans/{plan.id}/revisions").get_json()["items"]
    assert [each["acknowledged_at"] for each in shown] == [
        "2026-05-06T10:00:00+00:00",
        "2026-05-06T10:00:00+00:00",
        "2026-05-05T18:00:00+00:00",
    ]
    assert scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/2").get_json()["acknowledged_at"] is not None


def test_what_was_taken_over_before_it_was_seen_need_not_be_but_its_changes_are_told(
    scene: Scene, plan: MadePlan
) -> None:
    acknowledge(scene, plan, 1)
    more(scene, plan, 4, TODAY)
    more(scene, plan, 5, TODAY)
    assert waiting(scene) == [(3, 1, ["Squat: 5 sets of 10 instead of 3 sets of 10"])]
    acknowledge(scene, plan, 2)
    assert [number for number, *_ in waiting(scene)] == [3]


def test_what_lies_ahead_waits_from_the_day_before_and_is_not_covered_by_what_holds_earlier(
    scene: Scene, plan: MadePlan, noon: Any
) -> None:
    more(scene, plan, 4, "2026-05-20")
    more(scene, plan, 5, TODAY)
    acknowledge(scene, plan, 3)
    assert waiting(scene) == []
    for day, numbers in (("2026-05-18", []), ("2026-05-19", [2]), ("2026-05-25", [2])):
        noon.move_to(f"{day}T10:00:00+00:00")
        lead, patient = scene.world.sign_in(scene.lead), scene.world.sign_in(scene.patient)
        assert listed(lead) == numbers
        told = patient.http.get(f"/v1/patients/{patient.patient_id}/changes").get_json()["items"]
        assert [each["changes"]["number"] for each in told] == numbers
    (late,) = lead.http.get("/v1/unacknowledged-revisions").get_json()["items"]
    assert (late["days"], late["effective_on"], late["patient_id"]) == (5, "2026-05-20", str(patient.patient_id))


def test_an_ended_plan_waits_for_nothing(scene: Scene, plan: MadePlan) -> None:
    plan.send("POST", "/end", {"discharge_reason": "goals_met", "ends_on": TOMORROW})
    assert [number for number, *_ in waiting(scene)] == [1]
    plan.send("POST", "/end", {"discharge_reason": "goals_met"})
    assert waiting(scene) == []


def test_the_patients_own_day_decides_what_is_tomorrows(scene: Scene) -> None:
    far = scene.world.patient(scene.lead, zone="Pacific/Kiritimati")  # where it is the 7th by now
    plan = making.start(scene.lead, far, starts_on="2026-05-08")
    making.publish(plan, scene.item(), effective_on="2026-05-08")
    near = scene.plan(starts_on="2026-05-08")
    making.publish(near, scene.item(), effective_on="2026-05-08")
    (only,) = scene.lead.http.get("/v1/unacknowledged-revisions").get_json()["items"]
    assert only["patient_id"] == str(far.patient_id)


def test_wrong_clocks_and_numbers_are_refused_and_nobody_else_acknowledges(scene: Scene, plan: MadePlan) -> None:
    for at, rule in (
        ("2026-03-06T09:00:00Z", "too_old"),
        ("2026-05-07T13:00:00Z", "in_future"),
        ("2026-05-05T07:00:00Z", "before_publication"),
    ):
        refused = acknowledge(scene, plan, 1, acknowledged_at=at)
        assert (refused.status_code, named(refused)) == (422, [("/acknowledged_at", rule)])
    assert acknowledge(scene, plan, 2).status_code == 404
    url = f"/v1/plans/{plan.id}/revisions/1/acknowledgement"
    assert scene.lead.http.put(url, json={}).status_code == 403
    assert scene.world.patient(scene.lead).http.put(url, json={}).status_code == 404
    assert [number for number, *_ in waiting(scene)] == [1]
    assert acknowledge(scene, plan, 1, acknowledged_at="2026-05-07T12:00:00Z").status_code == 200


def test_the_list_is_the_care_teams_and_costs_one_statement_however_long(
    scene: Scene, plan: MadePlan, statements: StatementCounter
) -> None:
    for day in ("2026-05-03", "2026-05-02"):
        other = making.start(scene.lead, scene.world.patient(scene.lead), starts_on="2026-05-01")
        making.publish(other, scene.item(), effective_on=day)
    path = "/v1/unacknowledged-revisions?limit=2"
    with statements() as seen:
        first = scene.lead.http.get(path).get_json()
    # One recognises, one reads, one is the record of it.
    assert len(seen) == 3
    second = scene.lead.http.get(f"{path}&cursor={first['next_cursor']}").get_json()
    assert [each["effective_on"] for each in first["items"] + second["items"]] == [
        "2026-05-01",
        "2026-05-02",
        "2026-05-03",
    ]
    assert listed(scene.world.practitioner(scene.lead.clinic_id)) == []
    assert listed(scene.world.manager(scene.lead.clinic_id)) == []
    assert scene.patient.http.get(path).status_code == 403
    clinic_id = scene.world.clinic(managers_may_read_records=True)
    lead = scene.world.practitioner(clinic_id)
    theirs = making.start(lead, scene.world.patient(lead))
    making.publish(theirs, making.new_item(making.exercise(lead)))
    assert listed(scene.world.manager(clinic_id)) == [1]
