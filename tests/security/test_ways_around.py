"""Ways around a second factor that were tried, and lead nowhere. Each thief here holds a token, or the password too."""

from datetime import UTC, datetime
from uuid import uuid4

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from hep_api.accounts.actions.password_resets import open_reset
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.second_factor import Passkey
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from tests.world import Person, World

PASSWORD = "a horse, a battery"
TOTP = "/v1/me/second-factors/totp"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


def confirm(person: Person, secret: str) -> int:
    code = pyotp.TOTP(secret).now()
    return person.http.post(f"{TOTP}/confirmation", json={"totp_code": code}).status_code


def begin(person: Person) -> str:
    secret: str = person.http.post(TOTP).json["secret"]
    return secret


def test_a_set_up_that_a_thief_began_first_ends_with_the_owners_factor(world: World, owner: Person) -> None:
    thief = world.sign_in(owner)
    secret = begin(thief)
    with world.transaction() as session:
        session.add(
            Passkey(
                account_id=owner.account_id,
                credential_id=uuid4().bytes,
                public_key=b"-",
                sign_count=0,
                transports=[],
                name="Mine",
                created_at=datetime.now(UTC),
            )
        )
    assert confirm(thief, secret) == 403
    assert owner.http.get("/v1/me/second-factors").json["totp"] is None


def test_a_set_up_is_confirmed_by_whoever_began_it(owner: Person) -> None:
    assert confirm(owner, begin(owner)) == 200


def test_who_knows_the_password_cannot_begin_to_guess_codes_anew_by_changing_it(world: World, owner: Person) -> None:
    world.give_password(owner, PASSWORD)
    assert confirm(owner, begin(owner)) == 200
    thief = world.sign_in(owner)
    for _ in range(9):
        assert thief.http.post("/v1/me/step-up", json={"totp_code": "000000"}).status_code == 403
    changed = thief.http.put("/v1/me/password", json={"current_password": PASSWORD, "password": f"{PASSWORD}!"})
    assert changed.status_code == 204
    assert thief.http.post("/v1/me/step-up", json={"totp_code": "000000"}).status_code == 429


def test_a_token_alone_makes_nobody_a_leader(owner: Person, world: World) -> None:
    def invite(role: str) -> TestResponse:
        return owner.http.post("/v1/members", json={"role": role, "name": "Eve", "email": f"{uuid4()}@example.org"})

    for role in ("owner", "manager"):
        refused = invite(role)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    assert invite("practitioner").status_code == 201
    world.step_up(owner)
    assert invite("owner").status_code == 201


def test_a_token_alone_gets_no_code_of_a_leader_who_was_invited(owner: Person, world: World) -> None:
    world.step_up(owner)
    body = {"role": "owner", "name": "Olga", "email": f"{uuid4()}@example.org"}
    again = f"/v1/members/{owner.http.post('/v1/members', json=body).json['id']}/invitation"
    thief = world.sign_in(owner)
    assert thief.http.post(again).json["code"] == "second_factor_needed"
    assert owner.http.post(again).status_code == 201


def test_a_reset_by_mail_ends_what_somebody_linked_who_had_the_account_before(world: World, owner: Person) -> None:
    """Staff of one clinic can accept an invitation in the name of an e-mail whose owner comes in elsewhere later."""
    with world.transaction() as session:
        session.add(FirebaseLink(account_id=owner.account_id, uid=f"thief-{uuid4()}", linked_at=datetime.now(UTC)))
        token = open_reset(session, owner.account_id, datetime.now(UTC))
    used = world.anyone().post("/v1/password-resets/use", json={"token": token, "password": PASSWORD})
    assert used.status_code == 204
    with world.transaction() as session:
        assert session.get(FirebaseLink, owner.account_id) is None


def test_a_transaction_that_acts_for_no_clinic_changes_none(app: Flask, owner: Person) -> None:
    """Doors for anyone have such transactions; they look for a clinic, and that is all."""
    renaming = text("UPDATE clinic SET name = 'Taken' WHERE id = :id").bindparams(id=owner.clinic_id)
    with app.app_context(), transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM clinic WHERE id = :id"), {"id": owner.clinic_id}) == 1
        assert session.connection().execute(renaming).rowcount == 0
        tenancy.act_for(session, owner.clinic_id)
        assert session.connection().execute(renaming).rowcount == 1
