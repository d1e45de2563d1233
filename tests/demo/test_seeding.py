"""The demo clinic is made once, is always the same, and is never made where it could do harm."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.actions.sign_ins import create_account
from hep_api.accounts.tokens import tokens
from hep_api.accounts.viewer import Role
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.clinics.models import Clinic, Location, Member, MemberStatus
from hep_api.demo import cast, seeding
from hep_api.messaging.models.messages import Message
from tests import servers
from tests.demo.conftest import empty_app, migrate, run
from tests.everything import everything


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_seeding_makes_one_clinic_with_its_people(demo_app: Flask, demo_session: Session) -> None:
    assert demo_app.extensions["first_seeding"].exit_code == 0, demo_app.extensions["first_seeding"].output
    assert demo_session.scalars(select(Clinic.slug)).all() == [cast.SLUG]
    assert count(demo_session, Location) == 2
    roles = dict(demo_session.execute(select(Member.role, func.count()).group_by(Member.role)).all())
    assert roles == {Role.OWNER: 1, Role.MANAGER: 1, Role.PRACTITIONER: 4, Role.PATIENT: 40}
    invited = demo_session.scalars(select(Member.name).where(Member.status == MemberStatus.INVITED)).all()
    assert invited == [patient.name for patient in cast.PATIENTS if patient.way is cast.Way.INVITED]


def test_seeding_says_how_to_sign_in_and_what_it_made(demo_app: Flask, demo_session: Session) -> None:
    said = demo_app.extensions["first_seeding"].output
    events, messages = count(demo_session, AdherenceEvent), count(demo_session, Message)
    assert f"40 patients, {events} events, {messages} messages" in said
    assert events > 4000
    assert messages > 20
    assert "nora.whitfield@riverside.example" in said
    assert cast.PASSWORD in said


def test_seeding_again_changes_nothing_and_says_so(demo_app: Flask, demo_session: Session) -> None:
    before = [count(demo_session, model) for model in (Member, AdherenceEvent, Message)]
    again = run(demo_app, "seed")
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert "nora.whitfield@riverside.example" in again.output
    assert [count(demo_session, model) for model in (Member, AdherenceEvent, Message)] == before


def test_everyone_who_is_printed_can_sign_in(demo_app: Flask) -> None:
    people = json.loads(run(demo_app, "sign-ins", "--json").output)
    assert {person["role"] for person in people} == {"owner", "manager", "practitioner", "patient"}
    for person in people:
        body = {"email": person["email"], "password": person["password"]}
        entered = demo_app.test_client().post("/v1/sign-ins", json=body)
        assert entered.status_code == 201
        assert entered.json["member"]["role"] == person["role"]
        assert entered.json["member"]["name"] == person["name"]


def test_seeded_on_the_same_day_it_is_the_same_clinic(
    demo_app: Flask, demo_session: Session, empty_database: str, tmp_path: Path
) -> None:
    some = cast.PATIENTS[:4]
    opened_at = demo_session.scalars(select(Clinic.created_at)).one()
    other = empty_app(empty_database, tmp_path)
    with everything(other) as session:
        seeding.seed(session, tokens(), "unusable", opened_at + timedelta(days=seeding.OPENED_DAYS_AGO), some)
        assert _fingerprint(session, some) == _fingerprint(demo_session, some)
    other.extensions["hep_database"].engine.dispose()


def _fingerprint(session: Session, patients: Sequence[cast.DemoPatient]) -> list[tuple[object, ...]]:
    """Return what these patients' phones reported and what they said, by the ids that are not the server's."""
    ids = select(Member.id).where(Member.email.in_([patient.email for patient in patients]))
    event = AdherenceEvent
    reported = select(event.id, event.kind, event.performed_at, event.sets, event.pain, event.slot, event.skip_reason)
    said = select(Message.client_id, Message.seq, Message.body)
    return [
        *map(tuple, session.execute(reported.where(event.patient_id.in_(ids)).order_by(event.id))),
        *map(tuple, session.execute(said.where(Message.sender_id.in_(ids)).order_by(Message.client_id))),
    ]


@pytest.fixture
def empty_database() -> object:
    with servers.migrated_database(migrate) as url:
        yield url


def test_production_refuses_it(empty_database: str, tmp_path: Path) -> None:
    app = empty_app(empty_database, tmp_path, environment="production")
    refused = run(app, "seed")
    assert refused.exit_code == 1
    assert "--yes-in-production" in refused.output
    with everything(app) as session:
        assert count(session, Clinic) == 0
    app.extensions["hep_database"].engine.dispose()


def test_a_database_with_other_clinics_refuses_it(empty_database: str, tmp_path: Path) -> None:
    app = empty_app(empty_database, tmp_path)
    terms = ["--slug", "other", "--zone", "UTC", "--owner-email", "o@example.org", "--owner-name", "O"]
    assert app.test_cli_runner().invoke(args=["clinics", "create", "Other", *terms]).exit_code == 0
    refused = run(app, "seed")
    assert refused.exit_code == 1
    assert "other" in refused.output
    assert "--beside-others" in refused.output
    assert run(app, "sign-ins").exit_code == 1
    with everything(app) as session:
        assert count(session, Clinic) == 1
    app.extensions["hep_database"].engine.dispose()


def test_an_address_that_is_taken_leaves_nothing_half_made(empty_database: str, tmp_path: Path) -> None:
    app = empty_app(empty_database, tmp_path)
    with everything(app) as session:
        create_account(session, cast.STAFF[0].email, "unusable", datetime.now(UTC))
    refused = run(app, "seed")
    assert refused.exit_code == 1
    assert "The demo clinic cannot be made" in refused.output
    with everything(app) as session:
        assert count(session, Clinic) == 0
    app.extensions["hep_database"].engine.dispose()
