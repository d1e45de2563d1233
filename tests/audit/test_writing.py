"""How entries are written: with what they stand for or not at all, in the order of the commits, waiting for the disk
only where something depends on it.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from hep_api.audit import actions, jobs, notes
from hep_api.audit.addresses import coarsened
from hep_api.audit.models import Outcome
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.logs import ALLOWED
from hep_api.foundation.tenancy import NOBODYS
from tests.audit.reading import actions_of, left_by, record_of
from tests.counting import StatementCounter
from tests.world import World


def test_what_is_rolled_back_leaves_nothing(app: Flask, world: World) -> None:
    clinic_id = world.clinic()
    with app.app_context(), contextlib.suppress(RuntimeError), transaction() as session:
        notes.note(session, "thing.done", clinic_id=clinic_id)
        raise RuntimeError
    assert record_of(world, clinic_id) == []


def test_what_is_said_goes_to_the_clinic_that_is_acted_for_else_to_the_installation(app: Flask, world: World) -> None:
    clinic_id, another = world.clinic(), world.clinic()
    marks = [f"mark.{uuid4()}" for _ in range(3)]
    with app.app_context(), transaction() as session:
        notes.note(session, marks[0])
        notes.note(session, marks[1], clinic_id=another)
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        notes.note(session, marks[2])
    assert marks[0] in actions_of(record_of(world, NOBODYS))
    assert actions_of(record_of(world, another)) == [marks[1]]
    assert actions_of(record_of(world, clinic_id)) == [marks[2]]


def test_a_note_says_who_and_what_it_is_about(app: Flask, world: World) -> None:
    clinic_id, someone, patient = world.clinic(), uuid4(), uuid4()
    with app.app_context(), transaction() as session:
        notes.note(
            session,
            "export.fetched",
            outcome=Outcome.FAILED,
            clinic_id=clinic_id,
            member_id=someone,
            role="manager",
            patient_id=patient,
            subject={"export_id": someone, "kind": "whole"},
        )
    [entry] = record_of(world, clinic_id)
    assert (entry.member_id, entry.role, entry.patient_id, entry.outcome) == (
        someone,
        "manager",
        patient,
        Outcome.FAILED,
    )
    assert entry.subject == {"export_id": str(someone), "kind": "whole"}


def test_the_transaction_acts_for_the_same_clinic_afterwards(app: Flask, world: World) -> None:
    clinic_id, another = world.clinic(), world.clinic()
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, clinic_id)
        actions.append(session, [{"action": "thing.done", "outcome": "allowed", "clinic_id": str(another)}])
        assert session.scalar(text("SELECT current_setting('app.clinic_id')")) == str(clinic_id)


@pytest.mark.parametrize(
    ("lightly", "writes", "waits"),
    [(True, False, "off"), (True, True, "on"), (False, False, "on"), (False, True, "on")],
)
def test_only_a_light_read_does_not_wait_for_the_disk(
    app: Flask, world: World, lightly: bool, writes: bool, waits: str
) -> None:
    clinic_id = world.clinic()
    with app.app_context(), transaction() as session:
        session.execute(text("SET LOCAL synchronous_commit = on"))
        tenancy.act_for(session, clinic_id)
        if writes:
            session.execute(text("UPDATE clinic SET version = version + 1 WHERE id = :id"), {"id": clinic_id})
        actions.append(session, [{"action": "get_plan", "outcome": "allowed"}], lightly=lightly)
        assert session.scalar(text("SHOW synchronous_commit")) == waits


def test_only_patients_who_read_themselves_read_lightly(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bool] = []
    append = actions.append

    def note(session: Session, entries: Any, *, lightly: bool = False) -> None:
        written.append(lightly)
        append(session, entries, lightly=lightly)

    monkeypatch.setattr(actions, "append", note)
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    path = f"/v1/patients/{patient.patient_id}"
    for person in (patient, lead):
        assert person.http.get(path).status_code == 200
    headers = {"If-Match": patient.http.get(path).headers["ETag"]}
    assert patient.http.patch(path, json={"zone": "Europe/Paris"}, headers=headers).status_code == 200
    assert written == [True, False, True, False]


def test_an_answer_that_was_not_sent_again_is_kept_all_the_same(world: World) -> None:
    patient = world.patient(world.practitioner(world.clinic()))
    path = f"/v1/patients/{patient.patient_id}/today"
    first = patient.http.get(path)
    again = patient.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert actions_of(left_by(world, again)) == ["get_today"]


def test_a_request_writes_all_its_entries_in_one_statement_its_last(world: World, statements: StatementCounter) -> None:
    lead = world.practitioner(world.clinic())
    for _ in range(3):
        world.patient(lead)
    with statements() as seen:
        assert len(lead.http.get("/v1/conversations").json["items"]) == 3
    assert [number for number, each in enumerate(seen, 1) if "append_audit" in each] == [len(seen)]


def test_what_touches_no_patient_and_changes_nothing_writes_nothing(world: World, statements: StatementCounter) -> None:
    lead = world.practitioner(world.clinic())
    with statements() as seen:
        assert lead.http.get("/v1/exercises").status_code == 200
    assert not [each for each in seen if "audit" in each]


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_writers_leave_no_gap_and_no_fork(app: Flask, world: World) -> None:
    one, other = sorted((world.clinic(), world.clinic()))

    def write(*clinics: UUID) -> Callable[[], None]:
        def work() -> None:
            for _ in range(15):
                with app.app_context(), transaction() as session:
                    for clinic_id in clinics:
                        notes.note(session, "thing.done", clinic_id=clinic_id)

        return work

    at_once(write(one), write(other), write(one, other), write(other, one))
    run = app.test_cli_runner()
    for clinic_id in (one, other):
        assert [entry.seq for entry in record_of(world, clinic_id)] == list(range(1, 46))
        verified = run.invoke(args=["audit", "verify", "--clinic", f"clinic-{clinic_id}"])
        assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("unix:", None),
    ],
)
def test_of_a_patients_address_only_the_network_is_kept(address: str, network: str | None) -> None:
    assert coarsened(address) == network


def test_the_heads_go_into_the_log_once_they_are_there_to_stay(app: Flask, world: World) -> None:
    clinic_id = world.clinic()
    with app.app_context(), transaction() as session:
        notes.note(session, "thing.done", clinic_id=clinic_id)
    [entry] = record_of(world, clinic_id)
    with app.app_context(), capture_logs() as logged, transaction() as session:
        jobs.log_heads(session, {}, entry.at)
        assert logged == []
    [line] = [each for each in logged if each["clinic_id"] == str(clinic_id)]
    assert (line["event"], line["audit_head"]) == ("audit_head", f"1:{entry.hash.hex()}")
    assert "audit_head" in ALLOWED
