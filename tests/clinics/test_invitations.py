"""An invitation lets one person in, once; it never gives away an account that exists already."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.clinics.codes import MOST_TRIES, digest_of
from hep_api.clinics.models import Invitation, Member, MemberStatus
from tests.world import Person, World

PASSWORD = "my own new password"


@pytest.fixture
def practitioner(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def invite(practitioner: Person) -> Callable[..., Any]:
    def invite(**more: Any) -> Any:
        body = {"name": "Anna", "email": f"anna-{uuid4()}@example.org", **more}
        return practitioner.http.post("/v1/patients", json=body).json

    return invite


def accept(world: World, code: str, password: str = PASSWORD, **more: Any) -> Any:
    return world.anyone().post("/v1/invitations/accept", json={"code": code, "password": password, **more})


def test_accepting_makes_an_account_and_signs_in(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite()
    answer = accept(world, patient["invitation"]["code"], device_name="Anna's phone")

    assert answer.status_code == 201
    assert answer.json["member"] == {"id": patient["id"], "role": "patient", "name": "Anna"}
    assert answer.json["patient_id"] == patient["id"]
    phone = world.anyone()
    phone.token = answer.json["access_token"]
    assert phone.get(f"/v1/patients/{patient['id']}").json["status"] == "active"
    credentials = {"email": patient["email"], "password": PASSWORD}
    assert world.anyone().post("/v1/sign-ins", json=credentials).status_code == 201


def test_a_code_may_be_typed_with_capitals_spaces_and_lookalikes(world: World, invite: Any) -> None:
    code = invite()["invitation"]["code"]
    assert len(code.replace("-", "")) == 28

    typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert accept(world, typed).status_code == 201


def test_codes_that_are_good_for_nothing_get_one_answer(
    world: World, practitioner: Person, invite: Any, session: Session
) -> None:
    used, replaced, expired, disabled = invite(), invite(), invite(), invite()
    assert accept(world, used["invitation"]["code"]).status_code == 201
    fresh = practitioner.http.post(f"/v1/patients/{replaced['id']}/invitation").json
    with world.transaction() as arranging:
        arranging.execute(
            update(Invitation)
            .where(Invitation.code_digest == digest_of(expired["invitation"]["code"]))
            .values(expires_at=func.now())
        )
        arranging.execute(update(Member).where(Member.email == disabled["email"]).values(status=MemberStatus.DISABLED))

    answers = [accept(world, person["invitation"]["code"]) for person in (used, replaced, expired, disabled)]
    answers += [accept(world, "7k2m-unknown"), accept(world, "ünïcode"), accept(world, "-")]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json["code"] for answer in answers} == {"invitation_invalid"}
    assert len({answer.json["detail"] for answer in answers}) == 1
    assert accept(world, fresh["code"]).status_code == 201
    assert session.scalar(select(Account.id).where(Account.email == expired["email"])) is None


def test_a_code_is_accepted_once_however_many_try_at_once(world: World, invite: Any, session: Session) -> None:
    patient = invite()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: accept(world, patient["invitation"]["code"]), range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 7
    assert session.scalar(select(func.count()).where(Account.email == patient["email"])) == 1


def test_a_patient_gives_the_birth_date_that_the_clinic_knows(world: World, invite: Any) -> None:
    patient = invite(birth_date="1980-02-29")
    code = patient["invitation"]["code"]

    for given, rule in ((None, "required"), ("1980-02-28", "birth_date")):
        refused = accept(world, code, **({"birth_date": given} if given else {}))
        assert refused.status_code == 422
        assert [(error["field"], error["rule"]) for error in refused.json["errors"]] == [("/birth_date", rule)]
    assert accept(world, code, birth_date="1980-02-29").status_code == 201


def test_guessing_the_birth_date_wears_the_code_out(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite(birth_date="1980-02-29")
    code = patient["invitation"]["code"]

    with ThreadPoolExecutor(8) as pool:
        guesses = [f"19{year}-01-01" for year in range(50, 50 + 2 * MOST_TRIES)]
        answers = list(pool.map(lambda guess: accept(world, code, birth_date=guess), guesses))
    assert [answer.status_code for answer in answers].count(422) == MOST_TRIES
    assert accept(world, code, birth_date="1980-02-29").status_code == 404
    fresh = practitioner.http.post(f"/v1/patients/{patient['id']}/invitation").json["code"]
    assert accept(world, fresh, birth_date="1980-02-29").status_code == 201


def test_inviting_an_email_does_not_give_its_account_away(world: World, invite: Any, session: Session) -> None:
    victim = world.owner(world.clinic())
    email = world.give_password(victim, "the victim's own")
    hash_before = session.get_one(Account, victim.account_id).password_hash
    patient = invite(email=email)
    code = patient["invitation"]["code"]

    refused = accept(world, code, "the attacker's choice")

    assert (refused.status_code, refused.json["code"]) == (401, "credentials_wrong")
    session.expire_all()
    assert session.get_one(Account, victim.account_id).password_hash == hash_before
    attackers = world.anyone().post("/v1/sign-ins", json={"email": email, "password": "the attacker's choice"})
    assert attackers.status_code == 401
    assert session.scalars(select(Member.status).where(Member.email == email).order_by(Member.id)).all() == [
        MemberStatus.ACTIVE,
        MemberStatus.INVITED,
    ]
    accepted = accept(world, code, "the victim's own")
    assert accepted.status_code == 201
    assert accepted.json["member"]["id"] == patient["id"]
    both = world.anyone().post("/v1/sign-ins", json={"email": email, "password": "the victim's own"})
    assert both.json["code"] == "clinic_choice_needed"


def test_an_account_made_by_another_clinics_invitation_is_not_overwritten(world: World, invite: Any) -> None:
    email = f"{uuid4()}@example.org"
    elsewhere = world.practitioner(world.clinic())
    other = elsewhere.http.post("/v1/patients", json={"name": "Anna", "email": email}).json
    mine = invite(email=email)
    assert accept(world, other["invitation"]["code"], "the first password").status_code == 201

    assert accept(world, mine["invitation"]["code"], "a second password").status_code == 401
    assert accept(world, mine["invitation"]["code"], "the first password").status_code == 201


def test_one_email_invited_by_two_clinics_gets_one_account_when_both_are_accepted_at_once(
    world: World, invite: Any, session: Session
) -> None:
    email = f"{uuid4()}@example.org"
    elsewhere = world.practitioner(world.clinic())
    other = elsewhere.http.post("/v1/patients", json={"name": "Anna", "email": email}).json
    codes = [other["invitation"]["code"], invite(email=email)["invitation"]["code"]]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda code: accept(world, code), codes))
    assert {answer.status_code for answer in answers} <= {201, 401}
    again = [accept(world, code) for code, answer in zip(codes, answers, strict=True) if answer.status_code == 401]
    assert all(answer.status_code == 201 for answer in again)
    assert session.scalar(select(func.count()).where(Account.email == email)) == 1


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"password": "seven77"}, "/password", "length"),
        ({"password": "x" * 129}, "/password", "length"),
        ({"password": None}, "/password", "null"),
        ({"code": ""}, "/code", "length"),
        ({"code": "x" * 101}, "/code", "length"),
        ({"email": "mine@example.org"}, "/email", "unknown"),
        ({"birth_date": "29.02.1980"}, "/birth_date", "date"),
    ],
)
def test_what_is_wrong_with_an_acceptance_is_named(
    world: World, invite: Any, change: dict[str, Any], field: str, rule: str
) -> None:
    code = invite()["invitation"]["code"]
    answer = world.anyone().post("/v1/invitations/accept", json={"code": code, "password": PASSWORD, **change})

    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]
    assert accept(world, code).status_code == 201


def test_a_password_of_any_letters_is_taken_as_typed(world: World, invite: Any) -> None:
    patient = invite()
    password = " pässwörter 🏋️ mit Leerzeichen "
    assert accept(world, patient["invitation"]["code"], password).status_code == 201

    def signs_in(typed: str) -> int:
        body = {"email": patient["email"], "password": typed}
        return world.anyone().post("/v1/sign-ins", json=body).status_code

    assert [signs_in(password), signs_in(password.strip()), signs_in(password.lower())] == [201, 401, 401]


def test_who_has_come_in_is_not_invited_again(world: World, practitioner: Person, invite: Any) -> None:
    patient = invite()
    path = f"/v1/patients/{patient['id']}/invitation"
    assert practitioner.http.post(path).status_code == 201
    assert world.manager(practitioner.clinic_id).http.post(path).status_code == 201
    code = practitioner.http.post(path).json["code"]
    assert accept(world, code).status_code == 201

    refused = practitioner.http.post(path)
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "status")
