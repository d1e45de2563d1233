"""Having a patient's data exported: who may, how it is built, fetched and deleted, and what stands in it."""

import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine, event, select, update

from hep_api.foundation.jobs.models import Job, Outcome
from hep_api.messaging.models.conversations import Conversation
from hep_api.rights.actions import exports
from hep_api.rights.models import PatientExport
from tests.contract import scene as scenes
from tests.plans import making
from tests.rights.conftest import Place, rows
from tests.rights.test_erasing import carry_out


def test_the_patient_gets_a_link_to_a_package_and_a_letter_and_a_day_later_it_is_gone(place: Place) -> None:
    place.letters()
    place.step_up(place.patient)
    asked = place.ask_for_export(place.patient)
    assert (asked.status_code, asked.json["status"]) == (202, "waiting")
    path = place.path(f"exports/{asked.json['id']}")
    early = place.patient.http.post(f"{path}/link")
    assert (early.status_code, early.json["code"]) == (409, "export_not_ready")
    place.run_jobs()
    ready = place.patient.http.get(path).json
    assert ready["status"] == "ready"
    link = place.patient.http.post(f"{path}/link").json
    fetched = place.world.anyone().get(link["url"])
    assert fetched.status_code == 200
    assert len(fetched.data) == ready["size_bytes"]
    assert zipfile.ZipFile(io.BytesIO(fetched.data)).testzip() is None
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename=export-")
    (letter,) = place.letters()
    assert "The export that was asked for at Test clinic is ready" in letter
    with time_machine.travel(timedelta(hours=24, minutes=1)):
        place.run_jobs()
        assert list(place.files.list_under(f"exports/{place.clinic_id}")) == []
    gone = place.patient.http.get(path).json
    assert gone["status"] == "deleted"
    late = place.patient.http.post(f"{path}/link")
    assert (late.status_code, late.json["code"]) == (410, "export_deleted")


@pytest.mark.parametrize(
    ("who", "policy", "status"),
    [
        ("patient", False, 202),
        ("lead", False, 202),
        ("colleague", False, 403),
        ("manager", False, 404),
        ("owner", False, 404),
        ("manager", True, 202),
        ("owner", True, 202),
        ("neighbour", True, 404),
    ],
)
def test_who_may_have_it_exported(place: Place, who: str, policy: bool, status: int) -> None:
    place.set_clinic(managers_may_read_records=policy)
    person = getattr(place, who)
    refused = place.ask_for_export(person)
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    place.step_up(person)
    assert place.ask_for_export(person).status_code == status


def test_an_export_is_only_for_whoever_asked(place: Place) -> None:
    place.step_up(place.patient, place.lead)
    mine, theirs = (place.ask_for_export(person).json["id"] for person in (place.patient, place.lead))
    assert mine != theirs
    place.run_jobs()
    for method, path in (("GET", f"exports/{mine}"), ("POST", f"exports/{mine}/link")):
        assert place.lead.http.send(method, place.path(path)).status_code == 404
        assert place.patient.http.send(method, place.path(path)).status_code in (200, 201)
        neighbours = place.path(path, place.neighbour)
        assert place.patient.http.send(method, neighbours).status_code == 404


def test_a_link_asks_for_the_second_factor_again_and_whoever_lost_access_gets_none(place: Place) -> None:
    place.step_up(place.patient, place.lead)
    exported = place.ask_for_export(place.lead).json["id"]
    place.run_jobs()
    path = place.path(f"exports/{exported}/link")
    with time_machine.travel(timedelta(minutes=11)):
        assert place.lead.http.post(path).json["code"] == "second_factor_needed"
    place.owner.http.post(place.path("care-team"), json={"member_id": str(place.colleague.member_id), "lead": True})
    assert place.lead.http.post(path).status_code == 403


def test_while_one_waits_asking_again_gives_the_same_and_builds_it_once(place: Place) -> None:
    place.step_up(place.patient)
    first, second = (place.ask_for_export(place.patient).json["id"] for _ in range(2))
    assert first == second
    place.run_jobs()
    with place.world.transaction() as session:
        builds = session.scalars(select(Job).where(Job.kind == exports.BUILD, Job.clinic_id == place.clinic_id)).all()
    assert len(builds) == 1
    third = place.ask_for_export(place.patient).json
    assert (third["id"] != first, third["status"]) == (True, "waiting")


def test_one_that_becomes_ready_while_one_asks_again_is_no_fault(place: Place) -> None:
    place.step_up(place.patient)
    place.ask_for_export(place.patient)

    def finish(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Finish the build, as a worker would between two statements of the door, unless the row is locked."""
        if statement.startswith("INSERT INTO patient_export"):
            with place.world.transaction() as session:
                waiting = select(PatientExport.id).where(PatientExport.clinic_id == place.clinic_id)
                free = session.scalars(waiting.with_for_update(skip_locked=True)).all()
                done = {"ready_at": PatientExport.asked_at, "size_bytes": 1, "sha256": "0"}
                session.execute(update(PatientExport).where(PatientExport.id.in_(free)).values(done))

    event.listen(Engine, "after_cursor_execute", finish)
    try:
        assert place.ask_for_export(place.patient).status_code == 202
    finally:
        event.remove(Engine, "after_cursor_execute", finish)


def test_an_export_that_was_given_up_says_so_and_is_tried_again_when_asked_again(place: Place) -> None:
    place.step_up(place.patient)
    asked = place.ask_for_export(place.patient).json
    with place.world.transaction() as session:
        given_up = {"outcome": Outcome.DEAD, "finished_at": Job.created_at}
        session.execute(update(Job).where(Job.kind == exports.BUILD, Job.outcome.is_(None)).values(given_up))
    assert place.patient.http.get(place.path(f"exports/{asked['id']}")).json["status"] == "failed"
    again = place.ask_for_export(place.patient).json
    assert (again["id"], again["status"]) == (asked["id"], "waiting")
    place.run_jobs()
    assert place.patient.http.get(place.path(f"exports/{asked['id']}")).json["status"] == "ready"


def test_a_job_that_runs_twice_builds_once(place: Place) -> None:
    place.step_up(place.patient)
    place.ask_for_export(place.patient)
    place.run_jobs()
    with place.world.transaction() as session:
        ready = session.scalars(select(PatientExport.ready_at).where(PatientExport.clinic_id == place.clinic_id)).one()
        build = update(Job).where(Job.kind == exports.BUILD, Job.clinic_id == place.clinic_id)
        session.execute(build.values(outcome=None, finished_at=None, attempts=1))
    place.run_jobs()
    with place.world.transaction() as session:
        assert (
            session.scalars(select(PatientExport.ready_at).where(PatientExport.clinic_id == place.clinic_id)).one()
            == ready
        )


def test_the_sweep_deletes_what_a_killed_worker_left_behind(place: Place) -> None:
    place.files.put(f"exports/{place.clinic_id}/{place.patient.patient_id}/{uuid4()}.zip", b"left")
    with time_machine.travel(timedelta(hours=23)), place.world.app.app_context():
        _sweep(place)
        assert len(list(place.files.list_under(f"exports/{place.clinic_id}"))) == 1
    with time_machine.travel(timedelta(hours=25)):
        _sweep(place)
    assert list(place.files.list_under(f"exports/{place.clinic_id}")) == []


def _sweep(place: Place) -> None:
    result = place.world.app.test_cli_runner().invoke(args=["retention", "apply"])
    assert result.exit_code == 0, result.output


def test_what_stands_in_it(place: Place) -> None:
    """One patient's story, as the patient gets it: staff by name and role, files, who saw them, and no formulas."""
    plan = making.start(place.lead, place.patient, title="=HYPERLINK(1)", goals=["walk", "dance"])
    squat = making.exercise(place.lead, name="Squat of theirs")
    (prescription_id,) = making.publish(plan, making.new_item(squat), note="Slowly.")
    conversation = place.patient.http.get("/v1/conversations").json["items"][0]["id"]
    place.lead.http.post(f"/v1/conversations/{conversation}/messages", json=scenes.message("How is the knee?"))
    place.files.put(f"clinics/{place.clinic_id}/patients/{place.patient.patient_id}/media/knee.jpg", b"picture")
    place.files.put(f"clinics/{place.clinic_id}/patients/{place.neighbour.patient_id}/media/hip.jpg", b"not theirs")

    package = place.exported(place.patient)
    (patient,) = rows(package, "patient")
    assert (patient["id"], patient["clinic"], patient["birth_date"]) == (
        str(place.patient.patient_id),
        "Test clinic",
        "1980-02-29",
    )
    assert [goal["text"] for goal in rows(package, "plan_goals")] == ["walk", "dance"]
    assert rows(package, "prescriptions")[0]["id"] == str(prescription_id)
    (message,) = rows(package, "messages")
    assert (message["body"], message["sender_role"]) == ("How is the knee?", "practitioner")
    assert {place["member_role"] for place in rows(package, "care_team")} == {"practitioner"}
    assert [each["device_name"] for each in rows(package, "sign_ins")] == [""]
    seen_by = {entry["member_role"] for entry in rows(package, "accesses")}
    assert seen_by == {"practitioner", "patient"}
    assert package.read("files/media/knee.jpg") == b"picture"
    table = list(csv.DictReader(io.StringIO(package.read("plans.csv").decode("utf-8-sig"))))
    assert table[0]["title"] == "'=HYPERLINK(1)"
    text = b"".join(package.read(name) for name in package.namelist()).decode()
    assert "not theirs" not in text
    for staff in (place.lead, place.colleague):
        assert str(staff.member_id) not in text
        assert str(staff.account_id) not in text


def test_what_staff_say_among_themselves_is_in_exports_for_staff_and_erased_with_the_patient(place: Place) -> None:
    opened = place.lead.http.put(place.path("staff-conversation")).json["id"]
    sent = {"client_id": str(uuid4()), "body": "pelican"}
    assert place.lead.http.post(f"/v1/conversations/{opened}/messages", json=sent).status_code == 201
    place.files.put(f"clinics/{place.clinic_id}/patients/{place.patient.patient_id}/{opened}/x", b"pelican")

    for_patient, for_staff = place.exported(place.patient), place.exported(place.lead)
    said = "".join(for_patient.read(name).decode() for name in for_patient.namelist()) + str(for_patient.namelist())
    assert "pelican" not in said
    assert opened not in said
    assert "among_staff" not in said
    looks = [each for each in rows(for_patient, "accesses") if each["action"] == "list_messages"]
    assert 1 <= len(looks) <= 2  # two, if the clock struck meanwhile
    assert {(each["member_role"], datetime.fromisoformat(each["at"]).minute) for each in looks} == {("practitioner", 0)}
    assert {each["kind"] for each in rows(for_staff, "conversations")} == {"care_team", "staff"}
    assert "pelican" in for_staff.read("messages.json").decode()
    assert any(opened in name for name in for_staff.namelist())

    place.step_up(place.owner)
    assert place.decide(place.ask_for_erasure(place.patient)).status_code == 200
    carry_out(place)
    assert place.lead.http.get(f"/v1/conversations/{opened}").status_code == 404
    with place.world.transaction() as session:
        assert session.get(Conversation, (place.clinic_id, UUID(opened))) is None
