"""Wishes to be erased: who asks, who sees, who decides, what keeps the record, and what happens then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from hep_api.accounts.models.identity import Account
from hep_api.accounts.viewer import Role
from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import Member, Patient
from hep_api.foundation.jobs.models import Job
from hep_api.rights.actions import erasures
from hep_api.rights.models import Erasure, ErasureStatus
from tests.plans import making
from tests.rights import planting
from tests.rights.conftest import Place
from tests.world import Person


@dataclass
class Spoken:
    """What the gateway was asked to tell, and whose connections to close."""

    told: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)

    def broadcast(self, rooms: Sequence[str], event: str, payload: Any) -> None:
        self.told.append((event, rooms))

    def hang_up(self, names: Sequence[str]) -> None:
        self.hung_up += names


@pytest.fixture
def spoken(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Spoken:
    """Listen in the gateway's place; what it does with it is tested in tests/realtime."""
    listening = Spoken()
    monkeypatch.setitem(own_app.extensions, "hep_realtime", listening)
    return listening


def carry_out(place: Place) -> None:
    """Let the ten minutes pass."""
    with place.world.transaction() as session:
        waiting = update(Job).where(Job.kind == erasures.CARRY_OUT, Job.clinic_id == place.clinic_id)
        session.execute(waiting.values(run_at=datetime.now(UTC)))
    place.run_jobs()


def is_erased(place: Place, patient: Person | None = None) -> bool:
    with place.world.transaction() as session:
        of = patient or place.patient
        return session.get_one(Patient, (of.clinic_id, of.member_id)).erased_at is not None


def test_the_patient_asks_the_owner_approves_and_ten_minutes_later_it_is_done(place: Place) -> None:
    place.letters()
    erasure_id = place.ask_for_erasure(place.patient, "I have moved away.")
    place.run_jobs()
    (letter,) = place.letters()
    assert "A request for erasure waits at Test clinic" in letter
    (listed,) = place.owner.http.get("/v1/erasures?status=asked").json["items"]
    assert (listed["id"], listed["words"]) == (erasure_id, "I have moved away.")
    place.step_up(place.owner)
    approved = place.decide(erasure_id)
    assert (approved.status_code, approved.json["status"]) == (200, "approved")
    place.run_jobs()
    assert not is_erased(place)
    (letter,) = place.letters()
    assert "decided" in letter
    with time_machine.travel(timedelta(minutes=9, seconds=30)):
        place.run_jobs()
        assert not is_erased(place)
    with time_machine.travel(timedelta(minutes=10, seconds=30)):
        place.run_jobs()
    assert is_erased(place)
    assert place.patient.http.get("/v1/me").status_code == 401
    (listed,) = place.owner.http.get("/v1/erasures").json["items"]
    assert (listed["status"], listed["patient_name"], listed["words"]) == ("carried_out", "Erased", None)
    with place.world.transaction() as session:
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.patient_id == place.patient.patient_id))
        assert "patient.erased" in set(noted)


@pytest.mark.parametrize(
    ("who", "status"),
    [("patient", 201), ("lead", 201), ("colleague", 201), ("manager", 201), ("owner", 201), ("neighbour", 404)],
)
def test_who_may_ask_and_only_with_a_fresh_second_factor(place: Place, who: str, status: int) -> None:
    person = getattr(place, who)
    refused = person.http.post(place.path("erasures"), json={})
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    place.step_up(person)
    assert person.http.post(place.path("erasures"), json={}).status_code == status


def test_a_wish_is_seen_by_the_person_by_whoever_asked_and_by_leaders(place: Place) -> None:
    path = place.path(f"erasures/{place.ask_for_erasure(place.lead)}")
    for who, status in (("patient", 200), ("lead", 200), ("manager", 200), ("colleague", 404), ("neighbour", 404)):
        assert getattr(place, who).http.get(path).status_code == status, who
    neighbours = path.replace(str(place.patient.patient_id), str(place.neighbour.patient_id))
    assert place.owner.http.get(neighbours).status_code == 404
    assert place.lead.http.get("/v1/erasures").status_code == 403


def test_while_a_wish_is_open_asking_again_gives_the_same(place: Place) -> None:
    first = place.ask_for_erasure(place.patient, "Please.")
    assert place.ask_for_erasure(place.owner, "They wrote a letter.") == first
    place.step_up(place.owner)
    place.decide(first, decision="refuse", reason="You are in the middle of a treatment.")
    seen = place.patient.http.get(place.path(f"erasures/{first}")).json
    assert (seen["status"], seen["refusal_reason"]) == ("refused", "You are in the middle of a treatment.")
    assert place.ask_for_erasure(place.patient) != first


def test_staff_who_ask_while_a_wish_is_open_are_not_shown_what_the_person_said(place: Place) -> None:
    first = place.ask_for_erasure(place.patient, "I do not trust you.")
    place.step_up(place.lead, place.manager)
    for who, words in (("lead", None), ("manager", "I do not trust you.")):
        again = getattr(place, who).http.post(place.path("erasures"), json={}).json
        assert (again["id"], again["words"]) == (first, words)


@pytest.mark.parametrize("who", ["manager", "lead", "patient"])
def test_only_owners_decide(place: Place, who: str) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    person = getattr(place, who)
    place.step_up(person)
    assert place.decide(erasure_id, by=person).status_code == 403
    assert place.decide(erasure_id).json["code"] == "second_factor_needed"
    place.step_up(place.owner)
    foreign = place.owner.http.post(
        place.path(f"erasures/{erasure_id}/decision", place.neighbour), json={"decision": "approve"}
    )
    assert foreign.status_code == 404
    assert place.decide(erasure_id).status_code == 200


def test_a_refusal_needs_a_reason_and_an_approval_can_be_taken_back_in_time(place: Place) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    unsaid = place.decide(erasure_id, decision="refuse")
    assert (unsaid.status_code, unsaid.json["errors"][0]["field"]) == (422, "/reason")
    for _ in range(2):
        assert place.decide(erasure_id).json["status"] == "approved"
    with place.world.transaction() as session:
        jobs = session.scalars(select(Job).where(Job.kind == erasures.CARRY_OUT, Job.clinic_id == place.clinic_id))
        assert len(jobs.all()) == 1
    assert place.decide(erasure_id, decision="refuse", reason="By mistake.").json["status"] == "refused"
    assert place.decide(erasure_id).status_code == 409
    carry_out(place)
    assert not is_erased(place)


def test_the_clinics_years_keep_a_record_and_the_refusal_says_until_when(place: Place) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    assert _set_years(place.manager, 10).status_code == 403
    assert _set_years(place.owner, 10).json["code"] == "second_factor_needed"
    place.step_up(place.owner)
    assert _set_years(place.owner, 10).json["records_kept_years"] == 10
    held = place.decide(erasure_id)
    assert (held.status_code, held.json["code"], held.json["because"]) == (409, "record_held", "records_kept_years")
    until = date.fromisoformat(held.json["held_until"])
    assert until.year == making.today().year + 10, "the patient signed in today"
    assert held.json["held_until"] in held.json["detail"]
    assert _set_years(place.owner, None).json["records_kept_years"] is None
    assert place.decide(erasure_id).status_code == 200


def _set_years(person: Person, years: int | None) -> Any:
    etag = person.http.get("/v1/clinic").headers["ETag"]
    return person.http.patch("/v1/clinic", json={"records_kept_years": years}, headers={"If-Match": etag})


def test_a_hold_keeps_a_record_takes_an_approval_back_and_ends_with_its_day(place: Place) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    hold = {"reason": "A lawsuit.", "held_until": making.in_days(2)}
    assert place.lead.http.put(place.path("hold"), json=hold).status_code == 403
    assert place.manager.http.get(place.path("hold")).status_code == 404
    assert place.manager.http.put(place.path("hold"), json=hold).json["reason"] == "A lawsuit."
    assert place.owner.http.get(place.path("hold")).json["held_until"] == making.in_days(2)
    carry_out(place)
    assert not is_erased(place)
    assert place.patient.http.get(place.path(f"erasures/{erasure_id}")).json["status"] == "asked"
    held = place.decide(erasure_id)
    assert (held.status_code, held.json["held_until"], held.json["because"]) == (409, making.in_days(2), "hold")
    with time_machine.travel(timedelta(days=3)):
        later = place.world.sign_in(place.owner)
        place.step_up(later)
        assert place.decide(erasure_id, by=later).status_code == 200


def test_a_hold_is_changed_and_lifted_and_cannot_end_in_the_past(place: Place) -> None:
    def put(days: int) -> Any:
        body = {"reason": "A lawsuit.", "held_until": making.in_days(days)}
        return place.owner.http.put(place.path("hold"), json=body)

    assert (put(-1).status_code, put(-1).json["errors"][0]["field"]) == (422, "/held_until")
    assert put(5).status_code == 200
    assert put(0).json["held_until"] == making.in_days(0)
    assert place.owner.http.delete(place.path("hold")).status_code == 204
    assert place.owner.http.delete(place.path("hold")).status_code == 404


def test_whoever_is_a_member_elsewhere_too_keeps_the_account_and_the_other_clinic(place: Place) -> None:
    elsewhere = place.world.clinic()
    member_id = place.world.also_member_of(elsewhere, place.patient, Role.PRACTITIONER)
    email = place.world.give_password(place.patient, "correct horse battery")
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    assert is_erased(place)
    with place.world.transaction() as session:
        assert session.get_one(Account, place.patient.account_id).email == email
    body = {"email": email, "password": "correct horse battery"}
    entered = place.world.anyone().post("/v1/sign-ins", json=body)
    assert (entered.status_code, entered.json["member"]["id"]) == (201, str(member_id))


def test_what_comes_in_while_a_patient_is_erased_is_removed_a_little_later(place: Place) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    ids = {"clinic_id": place.clinic_id, "id": place.patient.member_id}
    with place.world.transaction() as session:
        # As a slow request would write that had been let in just before.
        session.get_one(Member, ids).name = "Late"
    place.files.put(f"clinics/{place.clinic_id}/patients/{place.patient.patient_id}/late.jpg", b"x")
    with time_machine.travel(timedelta(hours=1, minutes=1)):
        place.run_jobs()
    with place.world.transaction() as session:
        assert session.get_one(Member, ids).name == "Erased"
        of_patient = select(Erasure.status).where(Erasure.patient_id == place.patient.patient_id)
        assert session.scalars(of_patient).all() == [ErasureStatus.CARRIED_OUT]
    assert list(place.files.list_under(f"clinics/{place.clinic_id}")) == []


def test_an_approval_that_was_taken_back_does_not_hasten_the_next_one(place: Place) -> None:
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    place.owner.http.put(place.path("hold"), json={"reason": "A lawsuit.", "held_until": making.in_days(2)})
    assert place.owner.http.delete(place.path("hold")).status_code == 204
    place.decide(erasure_id)
    with place.world.transaction() as session:
        of_clinic = (Job.kind == erasures.CARRY_OUT) & (Job.clinic_id == place.clinic_id)
        first, second = session.scalars(select(Job).where(of_clinic).order_by(Job.id))
        first.run_at = datetime.now(UTC)
        assert first.payload != second.payload
    place.run_jobs()
    assert not is_erased(place)
    carry_out(place)
    assert is_erased(place)


def test_open_connections_are_closed_and_the_care_team_is_told_to_forget(place: Place, spoken: Spoken) -> None:
    place.patient.http.get("/v1/conversations")
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    assert f"sign_in:{place.patient.sign_in_id}" in spoken.hung_up
    assert f"member:{place.clinic_id}:{place.patient.member_id}" in spoken.hung_up
    (event, rooms) = spoken.told[0]
    assert event == "conversation.resync"
    assert f"sign_in:{place.lead.sign_in_id}" in rooms


def test_what_was_copied_from_an_erased_plan_stays_and_no_longer_names_it(place: Place) -> None:
    erased = making.start(place.lead, place.patient)
    making.publish(erased, making.new_item(making.exercise(place.lead)))

    def copy(**content: Any) -> Any:
        body = {"patient_id": str(place.neighbour.patient_id), "starts_on": "today", **content}
        return place.lead.http.post(f"/v1/plans/{erased.id}/copy", json=body).json

    published, drafted = (copy(publish=publish)["plan"]["id"] for publish in (True, False))
    paths = (f"/v1/plans/{published}/revisions/1", f"/v1/plans/{drafted}/draft")
    assert [place.lead.http.get(path).json["copied_from"] for path in paths] == [str(erased.id)] * 2
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    assert [place.lead.http.get(path).json["copied_from"] for path in paths] == [None] * 2
    with place.world.transaction() as session:
        # The audit keeps that somebody read it.
        assert set(planting.tables_with(session, str(erased.id))) <= {"audit_entry"}


def test_an_erased_email_can_be_invited_anew_and_the_old_id_is_used_up(place: Place) -> None:
    with place.world.transaction() as session:
        email = session.get_one(Member, (place.clinic_id, place.patient.member_id)).email
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    body = {"name": "New", "email": email, "id": str(place.patient.patient_id), "birth_date": "1980-02-29"}
    assert place.lead.http.post("/v1/patients", json=body).status_code == 409
    again = place.lead.http.post("/v1/patients", json={**body, "id": None})
    assert again.status_code == 201
    assert UUID(again.json["id"]) != place.patient.patient_id


def test_figures_of_the_clinic_are_then_without_the_patient(place: Place) -> None:
    making.running_plan(place.lead, place.patient, since_days=9)
    making.running_plan(place.lead, place.neighbour, since_days=9)
    place.set_clinic(managers_may_read_records=True)

    def measured() -> tuple[int, int]:
        figures = place.owner.http.get("/v1/clinic/adherence").json["windows"][0]
        return figures["measurable"], figures["excluded"]

    assert measured() == (2, 0)
    erasure_id = place.ask_for_erasure(place.patient)
    place.step_up(place.owner)
    place.decide(erasure_id)
    carry_out(place)
    assert measured() == (1, 0)
