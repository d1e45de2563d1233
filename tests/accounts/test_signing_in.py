"""Signing in by e-mail and password: who gets in, as whom, and that nobody learns which e-mails have an account."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account, RefreshToken
from hep_api.accounts.passwords import Passwords
from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Member, MemberStatus
from tests.world import Person, World

PASSWORD = "seven small stones"


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def email(world: World, owner: Person) -> str:
    return world.give_password(owner, PASSWORD)


def sign_in(world: World, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return world.anyone().post("/v1/sign-ins", json={"email": email, "password": password, **more})


def test_the_right_password_gives_tokens_that_open_the_doors(world: World, owner: Person, email: str) -> None:
    answer = sign_in(world, email.upper(), device_name="Kitchen tablet")

    assert answer.status_code == 201
    assert answer.json["expires_in"] == 900
    assert answer.json["member"]["id"] == str(owner.member_id)
    assert answer.json["member"]["role"] == "owner"
    assert answer.json["clinic"] == {"id": str(owner.clinic_id), "name": "Test clinic"}
    assert answer.json["patient_id"] is None
    phone = world.anyone()
    phone.token = answer.json["access_token"]
    me = phone.get("/v1/me")
    assert me.status_code == 200
    assert me.json == {
        "email": email,
        "member": answer.json["member"],
        "clinic": answer.json["clinic"],
        "patient_id": None,
    }


def test_a_patient_is_told_the_id_of_their_record(world: World, owner: Person) -> None:
    patient = world.patient(world.practitioner(owner.clinic_id))
    email = world.give_password(patient, PASSWORD)

    assert sign_in(world, email).json["patient_id"] == str(patient.patient_id)
    assert patient.http.get("/v1/me").json["patient_id"] == str(patient.patient_id)


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(world: World, email: str) -> None:
    wrong = sign_in(world, email, "seven small stoneS")
    unknown = sign_in(world, "nobody@example.org")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == "Bearer"
    assert wrong.json["code"] == "credentials_wrong"
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}


class CountingHasher(PasswordHasher):
    """The real hasher, which also notes what it did."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.did: list[str] = []

    def hash(self, *args: Any, **options: Any) -> str:
        self.did.append("hash")
        return super().hash(*args, **options)

    def verify(self, *args: Any, **options: Any) -> Any:
        self.did.append("verify")
        return super().verify(*args, **options)


@pytest.fixture
def hasher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    counting = CountingHasher()
    monkeypatch.setitem(app.extensions, "hep_passwords", Passwords(counting, 1))
    return counting


def test_an_unknown_email_costs_the_same_hashing_as_a_wrong_password(
    world: World, email: str, hasher: CountingHasher
) -> None:
    sign_in(world, email, "wrong password")
    of_known, hasher.did = hasher.did, []
    sign_in(world, "nobody@example.org")

    assert hasher.did == of_known == ["verify"]


def test_a_hash_with_older_parameters_is_replaced_when_its_owner_signs_in(
    world: World, owner: Person, email: str, session: Session
) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
    with world.transaction() as arranging:
        arranging.execute(update(Account).where(Account.id == owner.account_id).values(password_hash=older))

    assert sign_in(world, email, "wrong password").status_code == 401
    assert session.scalar(select(Account.password_hash).where(Account.id == owner.account_id)) == older
    assert sign_in(world, email).status_code == 201
    assert "m=64,t=1,p=1" in session.scalars(select(Account.password_hash).where(Account.email == email)).one()
    assert sign_in(world, email).status_code == 201


def test_no_password_opens_an_account_whose_hash_is_not_one(world: World) -> None:
    owner = world.owner(world.clinic())
    with world.transaction() as session:
        email = session.get_one(Account, owner.account_id).email

    assert sign_in(world, email, "unusable").status_code == 401


def test_who_belongs_to_several_clinics_chooses_one(world: World, owner: Person, email: str) -> None:
    other_clinic = world.clinic()
    member_id = world.also_member_of(other_clinic, owner, Role.PRACTITIONER)

    undecided = sign_in(world, email)
    assert undecided.status_code == 409
    assert undecided.json["code"] == "clinic_choice_needed"
    assert {clinic["id"] for clinic in undecided.json["clinics"]} == {str(owner.clinic_id), str(other_clinic)}
    chosen = sign_in(world, email, clinic_id=str(other_clinic))
    assert chosen.status_code == 201
    assert chosen.json["member"] == {"id": str(member_id), "role": "practitioner", "name": "Also a member"}


def test_the_clinics_of_an_account_are_named_only_after_the_right_password(
    world: World, owner: Person, email: str
) -> None:
    world.also_member_of(world.clinic(), owner, Role.PRACTITIONER)

    refused = sign_in(world, email, "wrong password")
    assert refused.status_code == 401
    assert "clinics" not in refused.json


def test_a_clinic_one_does_not_belong_to_cannot_be_chosen(world: World, email: str) -> None:
    elsewhere = sign_in(world, email, clinic_id=str(world.clinic()))

    assert elsewhere.status_code == 403
    assert elsewhere.json["code"] == "no_membership"


def test_a_disabled_member_cannot_sign_in(world: World, owner: Person, email: str) -> None:
    assert sign_in(world, email).status_code == 201
    with world.transaction() as session:
        session.execute(update(Member).where(Member.id == owner.member_id).values(status=MemberStatus.DISABLED))

    assert sign_in(world, email).status_code == 403


def test_signing_out_ends_the_access_and_the_refresh_token_at_once(world: World, email: str) -> None:
    phone = world.anyone()
    entered = sign_in(world, email).json
    other = sign_in(world, email).json
    phone.token = entered["access_token"]
    assert phone.get("/v1/me").status_code == 200

    assert phone.delete("/v1/sign-ins/current").status_code == 204

    refused = phone.get("/v1/me")
    assert refused.status_code == 401
    assert refused.json["code"] == "sign_in_ended"
    assert phone.delete("/v1/sign-ins/current").status_code == 401
    renewed = world.anyone().post("/v1/sign-ins/refresh", json={"refresh_token": entered["refresh_token"]})
    assert renewed.status_code == 401
    phone.token = other["access_token"]
    assert phone.get("/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"password": PASSWORD}, "/email", "required"),
        ({"email": "not an address", "password": PASSWORD}, "/email", "email"),
        ({"email": "a@example.org"}, "/password", "required"),
        ({"email": "a@example.org", "password": "x" * 129}, "/password", "length"),
        ({"email": "a@example.org", "password": "nul\x00byte"}, "/password", "text"),
        ({"email": "a@example.org", "password": 12345678}, "/password", "type"),
        ({"email": "a@example.org", "password": PASSWORD, "role": "owner"}, "/role", "unknown"),
        ({"email": "a@example.org", "password": PASSWORD, "clinic_id": "x"}, "/clinic_id", "uuid"),
    ],
)
def test_what_is_wrong_with_the_input_is_named(world: World, body: Any, field: str, rule: str) -> None:
    answer = world.anyone().post("/v1/sign-ins", json=body)

    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]


def test_neither_passwords_nor_refresh_tokens_are_kept_readable(world: World, email: str, session: Session) -> None:
    token = sign_in(world, email).json["refresh_token"]

    kept = session.scalars(select(Account.password_hash).where(Account.email == email)).one()
    assert kept.startswith("$argon2id$")
    assert all(token.encode() not in digest for digest in session.scalars(select(RefreshToken.digest)))
