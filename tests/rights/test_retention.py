"""Keeping nothing longer than it may be kept: by the clinic's years, with a dry run that says the same."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from hep_api.accounts.models.identity import RefreshToken, SignIn
from hep_api.clinics.models import Patient
from hep_api.foundation.identifiers import new_id
from hep_api.rights.models import RetentionHold
from tests.contract import scene as scenes
from tests.plans import making
from tests.rights.conftest import Place
from tests.world import Person

# At noon, which is the same day in the zones of the clinics.
LONG_AGO = datetime.now(UTC).replace(hour=12) - timedelta(days=11 * 366)
# Moves each kind of contact that the fixture's patient had to an instant.
CONTACTS = (
    "UPDATE patient SET created_at = :at WHERE id = :patient",
    "UPDATE sign_in SET created_at = :at WHERE member_id = :patient",
    "UPDATE plan SET started_at = :at WHERE patient_id = :patient",
    "UPDATE plan_revision SET published_at = :at FROM plan WHERE plan.id = plan_id AND patient_id = :patient",
    "UPDATE conversation SET active_at = :at WHERE patient_id = :patient",
)


@pytest.fixture
def old(place: Place) -> Place:
    """A clinic that keeps records for ten years; nobody was in touch with the patient for eleven."""
    place.set_clinic(records_kept_years=10)
    plan = making.start(place.lead, place.patient)
    making.publish(plan, making.new_item(making.exercise(place.lead)))
    conversation = place.patient.http.get("/v1/conversations").json["items"][0]["id"]
    place.lead.http.post(f"/v1/conversations/{conversation}/messages", json=scenes.message())
    _age(place, place.patient)
    return place


def _age(place: Place, patient: Person) -> None:
    """Let all that there is of the patient have been eleven years ago."""
    with place.world.transaction() as session:
        for contact in CONTACTS:
            session.execute(text(contact), {"at": LONG_AGO, "patient": patient.member_id})


def apply(place: Place, *options: str) -> str:
    """Run the command; return what it says of this clinic, and its sums."""
    result = place.world.app.test_cli_runner().invoke(args=["retention", "apply", *options])
    assert result.exit_code == 0, result.output
    return result.output


def is_erased(place: Place, patient: Person) -> bool:
    with place.world.transaction() as session:
        return session.get_one(Patient, (place.clinic_id, patient.member_id)).erased_at is not None


def said_of(place: Place, output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith(f"clinic-{place.clinic_id}")]


def test_a_dry_run_names_whose_time_is_over_and_changes_nothing_and_the_run_erases_them(old: Place) -> None:
    named = f"patient {old.patient.patient_id}, last contact {LONG_AGO.date()}"
    (would,) = said_of(old, apply(old, "--dry-run"))
    assert named in would
    assert would.endswith("would be erased.")
    assert not is_erased(old, old.patient)
    (did,) = said_of(old, apply(old))
    assert named in did
    assert is_erased(old, old.patient)
    assert not is_erased(old, old.neighbour)
    old.run_jobs()
    assert said_of(old, apply(old)) == []


@pytest.mark.parametrize("contact", CONTACTS)
def test_any_contact_keeps_the_record(old: Place, contact: str) -> None:
    with old.world.transaction() as session:
        session.execute(text(contact), {"at": datetime.now(UTC), "patient": old.patient.member_id})
    assert said_of(old, apply(old, "--dry-run")) == []


def test_a_message_is_a_contact(old: Place) -> None:
    conversation = old.patient.http.get("/v1/conversations").json["items"][0]["id"]
    old.patient.http.post(f"/v1/conversations/{conversation}/messages", json=scenes.message())
    assert said_of(old, apply(old, "--dry-run")) == []


def test_an_event_is_a_contact(old: Place) -> None:
    prescription_id = old.patient.http.get(old.path("today")).json["items"][0]["prescription_id"]
    event = {
        "id": str(new_id()),
        "prescription_id": prescription_id,
        "version": 1,
        "kind": "done",
        "performed_at": datetime.now(making.BERLIN).isoformat(),
        "zone": "Europe/Berlin",
        "performed_on": making.in_days(0),
    }
    answer = old.patient.http.post(old.path("events"), json={"events": [event]})
    assert answer.json["outcomes"][0]["outcome"] == "applied"
    assert said_of(old, apply(old, "--dry-run")) == []


def test_a_hold_keeps_the_record_and_a_clinic_without_a_time_keeps_all(old: Place) -> None:
    hold: dict[str, Any] = {"reason": "A lawsuit.", "set_by": old.owner.member_id, "set_at": datetime.now(UTC)}
    with old.world.transaction() as session:
        row = RetentionHold(clinic_id=old.clinic_id, patient_id=old.patient.member_id, held_until=_tomorrow(), **hold)
        session.add(row)
    assert said_of(old, apply(old, "--dry-run")) == []
    with old.world.transaction() as session:
        session.execute(update(RetentionHold).values(held_until=_tomorrow() - timedelta(days=3)))
    assert len(said_of(old, apply(old, "--dry-run"))) == 1
    old.set_clinic(records_kept_years=None)
    assert said_of(old, apply(old, "--dry-run")) == []
    old.set_clinic(records_kept_years=12)
    assert said_of(old, apply(old, "--dry-run")) == []


def _tomorrow() -> date:
    return making.today() + timedelta(days=1)


def test_expired_tokens_and_exports_go_too_and_the_dry_run_counts_them(place: Place) -> None:
    apply(place)
    then = datetime.now(UTC) - timedelta(days=1)
    with place.world.transaction() as session:
        session.add(
            RefreshToken(
                sign_in_id=place.patient.sign_in_id, digest=new_id().bytes, issued_at=LONG_AGO, expires_at=then
            )
        )
        ended = SignIn(
            account_id=place.patient.account_id,
            clinic_id=place.clinic_id,
            member_id=place.patient.member_id,
            created_at=LONG_AGO,
            ended_at=LONG_AGO,
            end_reason="signed_out",
        )
        session.add(ended)
    for _ in range(2):
        would = apply(place, "--dry-run")
        assert "1 expired rows of refresh_token: would be removed." in would
        assert "1 expired rows of sign_in: would be removed." in would
    did = apply(place)
    assert "1 expired rows of refresh_token: removed." in did
    with place.world.transaction() as session:
        assert session.scalar(select(SignIn.id).where(SignIn.id == ended.id)) is None
    assert "refresh_token" not in apply(place)
