"""A lost second factor: an owner helps where they alone answer for the account, else the keeper; the person is told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts import means
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.models.second_factor import Totp
from hep_api.accounts.sealing import Sealer
from hep_api.accounts.viewer import Role
from hep_api.audit.models import AuditEntry
from hep_api.foundation.jobs.models import Job
from tests.accounts.conftest import NOON
from tests.accounts.factors import add_passkey, add_totp, asked, finish, give_password, sign_in
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def owner(world: World) -> Person:
    return world.step_up(world.owner(world.clinic()))


@pytest.fixture
def practitioner(world: World, owner: Person) -> Person:
    person = world.practitioner(owner.clinic_id)
    add_totp(person)
    add_passkey(person)
    return person


def reset(by: Person, of: Person) -> Any:
    kind = "patients" if of.role is Role.PATIENT else "members"
    return by.http.delete(f"/v1/{kind}/{of.member_id}/second-factors")


def letters_to(session: Session, person: Person) -> list[str]:
    payloads = session.scalars(select(Job.payload).where(Job.kind == "accounts.send_letter").order_by(Job.id)).all()
    return [each["letter"] for each in payloads if each["account_id"] == str(person.account_id)]


def test_an_owner_removes_what_a_colleague_has_lost(
    world: World, owner: Person, practitioner: Person, session: Session
) -> None:
    email = give_password(world, practitioner)
    assert sign_in(world, email).status_code == 401

    assert reset(owner, practitioner).status_code == 204
    assert practitioner.http.get("/v1/me").status_code == 401
    ended = session.get_one(SignIn, practitioner.sign_in_id)
    assert ended.end_reason == "second_factor_reset"
    assert sign_in(world, email).status_code == 201
    assert letters_to(session, practitioner)[-1] == "second_factor_changed"
    noted = session.scalars(select(AuditEntry).where(AuditEntry.clinic_id == owner.clinic_id)).all()
    [entry] = [each for each in noted if each.action == "reset_second_factor_of_member"]
    assert str(practitioner.member_id) in str(entry.subject)


def test_and_what_a_patient_has_lost(world: World, owner: Person, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    add_totp(patient)
    assert reset(owner, patient).status_code == 204
    assert sign_in(world, give_password(world, patient)).status_code == 201


def test_only_an_owner_who_has_shown_theirs_may(world: World, owner: Person, practitioner: Person) -> None:
    email = give_password(world, practitioner)
    manager = world.step_up(world.manager(owner.clinic_id))
    stranger = world.step_up(world.owner(world.clinic()))
    assert reset(manager, practitioner).json["code"] == "role_may_not"
    assert reset(stranger, practitioner).status_code == 404
    assert reset(world.sign_in(owner), practitioner).json["code"] == "second_factor_needed"
    assert sign_in(world, email).json["code"] == "second_factor_needed"
    assert reset(owner, practitioner).status_code == 204


def test_nobody_resets_their_own(owner: Person) -> None:
    refused = reset(owner, owner)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "own")


def test_an_account_that_serves_another_clinic_keeps_it_and_the_owner_does_not_learn_why(
    world: World, owner: Person, practitioner: Person, session: Session
) -> None:
    elsewhere = world.clinic()
    world.also_member_of(elsewhere, practitioner, Role.PATIENT)
    done = reset(owner, practitioner)
    assert (done.status_code, done.data) == (204, b"")
    assert practitioner.http.get("/v1/me").status_code == 200
    question = asked(world, give_password(world, practitioner), clinic_id=str(elsewhere))
    assert "totp" in question["methods"]
    assert letters_to(session, practitioner)[-1] == "second_factor_kept"


def test_who_has_none_or_no_account_changes_nothing(world: World, owner: Person, session: Session) -> None:
    colleague = world.practitioner(owner.clinic_id)
    assert reset(owner, colleague).status_code == 204
    assert colleague.http.get("/v1/me").status_code == 200
    assert letters_to(session, colleague) == []
    sent = {"name": "Kim", "email": f"kim-{colleague.member_id}@example.org", "role": "practitioner"}
    invited = owner.http.post("/v1/members", json=sent).json
    assert owner.http.delete(f"/v1/members/{invited['id']}/second-factors").status_code == 204


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["accounts", *arguments])


def test_the_keeper_removes_it_in_every_clinic(
    world: World, app: Flask, practitioner: Person, session: Session
) -> None:
    world.also_member_of(world.clinic(), practitioner, Role.PATIENT)
    email = give_password(world, practitioner)
    done = run(app, "remove-second-factor", email.upper())
    assert (done.exit_code, "told by mail" in done.output) == (0, True)
    assert practitioner.http.get("/v1/me").status_code == 401
    assert sign_in(world, email, clinic_id=str(practitioner.clinic_id)).status_code == 201
    assert letters_to(session, practitioner)[-1] == "second_factor_changed"

    assert "It has none." in run(app, "remove-second-factor", email).output
    unknown = run(app, "remove-second-factor", "nobody@example.org")
    assert (unknown.exit_code, "no account" in unknown.output) == (1, True)


def test_secrets_are_sealed_anew_under_a_newer_key_by_command_or_when_they_are_used(
    world: World,
    app: Flask,
    owner: Person,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    noon: time_machine.Traveller,
) -> None:
    people = [world.practitioner(owner.clinic_id) for _ in range(2)]
    apps = [add_totp(person)[0] for person in people]
    folder: Path = app.extensions["hep_settings"].token_keys_folder
    # Keys sort by when they were made, and the first one was made by the real clock.
    noon.move_to(datetime(2100, 1, 1, tzinfo=UTC))
    assert run(app, "new-sealing-key").exit_code == 0
    noon.move_to(NOON)
    newer = Sealer(folder)
    monkeypatch.setitem(app.extensions, "hep_means", means.load_means(app.extensions["hep_settings"]))

    def is_sealed_anew(person: Person) -> bool:
        session.expire_all()
        kept = session.scalars(select(Totp.sealed_secret).where(Totp.account_id == person.account_id)).one()
        return not newer.is_outdated(kept)

    assert [is_sealed_anew(person) for person in people] == [False, False]
    email = give_password(world, people[0])
    assert finish(world, asked(world, email)["challenge"], totp_code=apps[0].code()).status_code == 201
    assert [is_sealed_anew(person) for person in people] == [True, False]
    assert run(app, "reseal").exit_code == 0
    assert [is_sealed_anew(person) for person in people] == [True, True]
    assert people[1].http.post("/v1/me/step-up", json={"totp_code": apps[1].code()}).status_code == 200
