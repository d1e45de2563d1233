"""One template for several patients: each answered by itself, done once, never held up by another."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from hep_api.audit.models import AuditEntry, Outcome
from tests.library.templates import a_phase, an_item
from tests.plans import courses
from tests.plans.conftest import TODAY, Scene
from tests.world import Person


def one(patient: Person | None, **content: Any) -> dict[str, Any]:
    patient_id = patient.member_id if patient else uuid4()
    return {"patient_id": str(patient_id), "plan_id": str(uuid4()), **content}


def send(scene: Scene, template_id: str, *patients: dict[str, Any], **content: Any) -> list[dict[str, Any]]:
    body = {"starts_on": "today", "patients": list(patients), **content}
    answer = scene.lead.http.post(f"/v1/templates/{template_id}/apply-to-several", json=body)
    assert answer.status_code == 200, answer.get_json()
    outcomes: list[dict[str, Any]] = answer.get_json()["outcomes"]
    return outcomes


def told(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["error"] and each["error"]["code"]) for each in outcomes]


def template_of(scene: Scene, phases: int = 2) -> str:
    squat = courses.squat_of(scene.lead)
    return courses.template(scene.lead, *(a_phase(14 * number, an_item(squat)) for number in range(phases)))


def plans_of(person: Person) -> list[str]:
    return [plan["id"] for plan in person.http.get(f"/v1/patients/{person.member_id}/plans").get_json()["items"]]


def test_each_patient_is_answered_and_a_bad_one_holds_up_no_other(scene: Scene) -> None:
    template_id = template_of(scene)
    stranger = scene.world.practitioner(scene.world.clinic())
    theirs, foreign = scene.world.patient(scene.world.practitioner(scene.lead.clinic_id)), scene.world.patient(stranger)
    mine = [scene.patient, scene.world.patient(scene.lead)]
    taken = courses.apply(scene, template_id).get_json()["plan"]["id"]
    batch = [one(mine[0]), one(theirs), one(mine[1]), one(foreign), one(None), one(mine[1], plan_id=taken)]
    outcomes = send(scene, template_id, *batch)
    refused = ("rejected", "not_found")
    assert told(outcomes) == [("applied", None), refused, ("applied", None), refused, refused, ("rejected", "conflict")]
    assert [each["plan_id"] for each in outcomes] == [each["plan_id"] for each in batch]
    assert outcomes[0]["starts_on"] == TODAY
    assert plans_of(mine[1]) == [batch[2]["plan_id"]]
    assert (plans_of(theirs), plans_of(foreign)) == ([], [])
    revisions = mine[1].http.get(f"/v1/plans/{batch[2]['plan_id']}/revisions").get_json()["items"]
    assert [each["effective_on"] for each in revisions] == ["2026-05-20", TODAY]


def test_sent_twice_a_batch_is_done_once(scene: Scene) -> None:
    template_id = template_of(scene)
    patients = [scene.patient, scene.world.patient(scene.lead)]
    batch = [one(patient) for patient in patients]
    assert told(send(scene, template_id, *batch, publish=False)) == [("applied", None)] * 2
    assert told(send(scene, template_id, *batch, publish=False)) == [("duplicate", None)] * 2
    assert told(send(scene, template_id, *batch, batch[0], publish=True))[2] == ("rejected", "conflict")
    assert told(send(scene, template_id, one(patients[0]), one(None))) == [("applied", None), ("rejected", "not_found")]
    assert [len(plans_of(patient)) for patient in patients] == [2, 1]


def test_what_is_rejected_leaves_no_row_but_that_somebody_tried_a_patient_who_is_not_theirs(scene: Scene) -> None:
    template_id = template_of(scene)
    outsider = scene.world.patient(scene.world.practitioner(scene.lead.clinic_id))
    behind = scene.world.patient(scene.lead, zone="Pacific/Pago_Pago")
    # In Berlin the 6th is today, on Pago Pago it is only tomorrow: there no start lies in the past.
    outcomes = send(scene, template_id, one(scene.patient), one(outsider), one(behind), starts_on="2026-05-05")
    assert [each["outcome"] for each in outcomes] == ["rejected", "rejected", "applied"]
    assert outcomes[0]["error"]["errors"][0]["field"] == "/reason"
    assert (plans_of(scene.patient), plans_of(outsider)) == ([], [])
    with scene.world.transaction() as session:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.clinic_id == scene.lead.clinic_id, AuditEntry.action == "apply_template_to_several")
            .order_by(AuditEntry.seq)
        ).all()
    assert {(entry.outcome, entry.patient_id) for entry in entries} == {
        (Outcome.ALLOWED, behind.patient_id),
        (Outcome.DENIED, outsider.patient_id),
    }


def test_a_batch_costs_the_same_for_each_patient(scene: Scene, statements: Any) -> None:
    template_id = template_of(scene)
    costs = []
    for count in (1, 2, 4):
        batch = [one(scene.world.patient(scene.lead)) for _ in range(count)]
        with statements() as seen:
            send(scene, template_id, *batch)
        costs.append(len(seen))
    assert costs[2] - costs[1] == 2 * (costs[1] - costs[0])


def test_a_batch_has_one_to_fifty_patients_each_with_an_id_for_the_plan(scene: Scene) -> None:
    template_id = template_of(scene, phases=1)
    path = f"/v1/templates/{template_id}/apply-to-several"
    for patients, field in (
        ([], "/patients"),
        ([one(scene.patient)] * 51, "/patients"),
        ([{"patient_id": str(scene.patient.member_id)}], "/patients/0/plan_id"),
    ):
        refused = scene.lead.http.post(path, json={"starts_on": "today", "patients": patients})
        assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, field)
    assert told(send(scene, template_id, one(scene.patient))) == [("applied", None)]
    body = {"starts_on": "today", "patients": [one(scene.patient)]}
    assert scene.patient.http.post(path, json=body).status_code == 403
    assert scene.lead.http.post(f"/v1/templates/{uuid4()}/apply-to-several", json=body).status_code == 404
