"""Signing in to an account with a second factor: password first, then tokens only for the second factor, shown once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import jobs
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.models.second_factor import Guesses, Passkey, PasskeyChallenge, SignInChallenge, Totp
from hep_api.accounts.viewer import Role
from hep_api.clinics.models import Member, MemberStatus
from hep_api.foundation import clock
from hep_api.foundation.jobs.models import Job
from tests.accounts.conftest import NOON
from tests.accounts.factors import (
    PASSWORD,
    App,
    add_passkey,
    add_totp,
    asked,
    begin_totp,
    finish,
    give_password,
    phone_of,
    sign_in,
)
from tests.authenticator import Authenticator
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")
WRONG = "000000"


@pytest.fixture
def person(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def email(world: World, person: Person) -> str:
    return give_password(world, person)


@pytest.fixture
def app_of_person(person: Person) -> App:
    return add_totp(person)[0]


def sign_ins_of(session: Session, person: Person) -> int:
    counted = select(func.count()).where(SignIn.account_id == person.account_id)
    return session.scalars(counted).one()


def test_the_password_alone_gives_a_question_and_no_tokens(
    world: World, person: Person, email: str, app_of_person: App, session: Session
) -> None:
    before = sign_ins_of(session, person)
    refused = sign_in(world, email)

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.json["code"] == "second_factor_needed"
    assert refused.json["methods"] == ["totp", "recovery_code"]
    assert (refused.json["expires_in"], refused.json["passkey"]) == (300, None)
    assert "token" not in refused.json["detail"]
    assert sign_ins_of(session, person) == before
    # The challenge opens nothing else.
    for token in ("access_token", "refresh_token"):
        assert token not in refused.json
    phone = phone_of(world, {"access_token": refused.json["challenge"]})
    assert phone.get("/v1/me").status_code == 401


def test_the_code_of_the_app_finishes_it_on_the_device_it_began_on(
    world: World, person: Person, email: str, app_of_person: App, session: Session
) -> None:
    question = asked(world, email, device_name="Kitchen tablet")
    entered = finish(world, question["challenge"], totp_code=app_of_person.code())

    assert entered.status_code == 201
    assert entered.json["member"]["id"] == str(person.member_id)
    assert entered.json["second_factor_setup_needed"] is False
    phone = phone_of(world, entered.json)
    assert phone.get("/v1/me").status_code == 200
    kept = session.scalars(select(SignIn).where(SignIn.account_id == person.account_id).order_by(SignIn.id)).all()[-1]
    assert (kept.device_name, kept.second_factor_at) == ("Kitchen tablet", NOON)


def test_a_wrong_password_asks_for_nothing_more(world: World, email: str, app_of_person: App) -> None:
    answer = world.anyone().post("/v1/sign-ins", json={"email": email, "password": "seven small stoneS"})
    assert (answer.status_code, answer.json["code"]) == (401, "credentials_wrong")
    assert "methods" not in answer.json


def test_a_code_is_good_once(world: World, email: str, app_of_person: App) -> None:
    code = app_of_person.code()
    assert finish(world, asked(world, email)["challenge"], totp_code=code).status_code == 201

    replayed = finish(world, asked(world, email)["challenge"], totp_code=code)
    assert (replayed.status_code, replayed.json["code"]) == (401, "second_factor_wrong")
    older = finish(world, asked(world, email)["challenge"], totp_code=app_of_person.code(-1))
    assert older.status_code == 401
    assert finish(world, asked(world, email)["challenge"], totp_code=app_of_person.code(1)).status_code == 201


def test_of_two_who_show_one_code_at_the_same_moment_one_comes_in(world: World, email: str, app_of_person: App) -> None:
    code = app_of_person.code()
    challenges = [asked(world, email)["challenge"] for _ in range(6)]
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda challenge: finish(world, challenge, totp_code=code), challenges))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401, 401, 401]


def test_a_challenge_is_good_once(world: World, email: str, app_of_person: App) -> None:
    challenge = asked(world, email)["challenge"]
    assert finish(world, challenge, totp_code=app_of_person.code()).status_code == 201

    again = finish(world, challenge, totp_code=app_of_person.code(1))
    assert (again.status_code, again.json["code"]) == (401, "challenge_invalid")
    assert finish(world, "no-such-challenge", totp_code=WRONG).json["code"] == "challenge_invalid"


def test_a_challenge_lives_five_minutes(
    world: World, email: str, app_of_person: App, noon: time_machine.Traveller
) -> None:
    in_time, too_late = asked(world, email)["challenge"], asked(world, email)["challenge"]
    noon.shift(timedelta(minutes=5) - timedelta(seconds=1))
    assert finish(world, in_time, totp_code=app_of_person.code()).status_code == 201
    noon.shift(timedelta(seconds=1))
    assert finish(world, too_late, totp_code=app_of_person.code(1)).json["code"] == "challenge_invalid"


def test_a_challenge_takes_five_tries_and_its_owner_is_told(
    world: World, person: Person, email: str, app_of_person: App, session: Session
) -> None:
    challenge = asked(world, email)["challenge"]
    for _ in range(5):
        assert finish(world, challenge, totp_code=WRONG).json["code"] == "second_factor_wrong"
    assert finish(world, challenge, totp_code=app_of_person.code()).json["code"] == "challenge_invalid"

    payloads = session.scalars(select(Job.payload).where(Job.kind == "accounts.send_letter")).all()
    told = [each["letter"] for each in payloads if each["account_id"] == str(person.account_id)]
    assert told.count("second_factor_refused") == 1
    # Whoever has a code comes in by another challenge.
    assert finish(world, asked(world, email)["challenge"], totp_code=app_of_person.code()).status_code == 201


def test_guesses_of_codes_are_bounded_by_account_and_other_ways_stay_open(
    world: World, person: Person, email: str, noon: time_machine.Traveller
) -> None:
    app, codes = add_totp(person)
    device, _ = add_passkey(person)
    for _ in range(2):
        challenge = asked(world, email)["challenge"]
        for _ in range(5):
            assert finish(world, challenge, totp_code=WRONG).status_code == 401

    bounded = finish(world, asked(world, email)["challenge"], totp_code=app.code())
    assert (bounded.status_code, bounded.json["code"]) == (429, "too_many_guesses")
    assert int(bounded.headers["Retry-After"]) == 3600
    assert finish(world, asked(world, email)["challenge"], recovery_code=codes[0]).status_code == 201
    question = asked(world, email)
    assert finish(world, question["challenge"], passkey=device.get(question["passkey"])).status_code == 201
    # Who is signed in proves themself by their own tries.
    assert person.http.post("/v1/me/step-up", json={"totp_code": app.code()}).status_code == 200
    noon.shift(timedelta(hours=1))
    assert finish(world, asked(world, email)["challenge"], totp_code=app.code()).status_code == 201


def test_a_right_code_starts_the_count_anew(world: World, email: str, app_of_person: App) -> None:
    for code in (app_of_person.code(), app_of_person.code(1)):
        for _ in range(3):
            challenge = asked(world, email)["challenge"]
            for _ in range(3):
                assert finish(world, challenge, totp_code=WRONG).status_code == 401
        assert finish(world, challenge, totp_code=code).status_code == 201


def test_a_recovery_code_is_good_once_however_it_is_typed(world: World, person: Person, email: str) -> None:
    _, codes = add_totp(person)
    typed = codes[3].upper().replace("-", " ").replace("0", "O").replace("1", "I")
    assert finish(world, asked(world, email)["challenge"], recovery_code=typed).status_code == 201
    assert finish(world, asked(world, email)["challenge"], recovery_code=codes[3]).status_code == 401
    assert finish(world, asked(world, email)["challenge"], recovery_code=codes[4]).status_code == 201
    assert person.http.get("/v1/me/second-factors").json["recovery_codes_left"] == 8


def test_a_passkey_finishes_it(world: World, person: Person, email: str) -> None:
    device, _ = add_passkey(person)
    question = asked(world, email)
    assert question["methods"] == ["passkey", "recovery_code"]
    assert question["passkey"]["userVerification"] == "required"
    answer = device.get(question["passkey"])
    assert finish(world, question["challenge"], passkey=answer).status_code == 201
    # What was signed for one challenge is no answer to another.
    other = asked(world, email)
    assert finish(world, other["challenge"], passkey=answer).json["code"] == "second_factor_wrong"


def test_what_was_asked_of_an_authenticator_is_judged_once(world: World, person: Person, email: str) -> None:
    device, _ = add_passkey(person)
    question = asked(world, email)
    stranger = Authenticator(credential_id=device.credential_id)
    assert finish(world, question["challenge"], passkey=stranger.get(question["passkey"])).status_code == 401
    refused = finish(world, question["challenge"], passkey=device.get(question["passkey"]))
    assert refused.json["code"] == "second_factor_wrong"


def test_a_changed_password_makes_the_challenge_worthless(
    world: World, person: Person, email: str, app_of_person: App, session: Session
) -> None:
    challenge = asked(world, email)["challenge"]
    account = update(Account).where(Account.id == person.account_id)
    session.execute(account.values(password_version=Account.password_version + 1))
    session.commit()
    refused = finish(world, challenge, totp_code=app_of_person.code())
    assert (refused.status_code, refused.json["code"]) == (401, "challenge_invalid")
    assert finish(world, asked(world, email)["challenge"], totp_code=app_of_person.code()).status_code == 201


def test_who_was_disabled_in_between_does_not_come_in(
    world: World, person: Person, email: str, app_of_person: App, session: Session
) -> None:
    challenge = asked(world, email)["challenge"]
    session.execute(update(Member).where(Member.id == person.member_id).values(status=MemberStatus.DISABLED))
    session.commit()
    assert finish(world, challenge, totp_code=app_of_person.code()).json["code"] == "no_membership"


def test_the_clinic_is_chosen_before_the_second_factor(
    world: World, person: Person, email: str, app_of_person: App
) -> None:
    elsewhere = world.clinic()
    member_id = world.also_member_of(elsewhere, person, Role.PRACTITIONER)
    assert sign_in(world, email).json["code"] == "clinic_choice_needed"
    question = asked(world, email, clinic_id=str(elsewhere))
    entered = finish(world, question["challenge"], totp_code=app_of_person.code())
    assert entered.json["member"]["id"] == str(member_id)


def test_another_persons_second_factor_does_not_count(world: World, person: Person, email: str) -> None:
    other = world.practitioner(person.clinic_id)
    add_totp(person)
    app, codes = add_totp(other)
    device, _ = add_passkey(other)
    question = asked(world, email)
    for shown in ({"totp_code": app.code()}, {"recovery_code": codes[0]}):
        assert finish(world, question["challenge"], **shown).json["code"] == "second_factor_wrong"
    options = {"rpId": "clinic.example", "challenge": "AAAA"}
    assert finish(world, question["challenge"], passkey=device.get(options)).status_code == 401


@pytest.mark.parametrize(
    ("shown", "field", "rule"),
    [
        ({}, "", "one_of"),
        ({"totp_code": WRONG, "recovery_code": "x"}, "", "one_of"),
        ({"totp_code": None}, "/totp_code", "null"),
        ({"totp_code": 123456}, "/totp_code", "type"),
        ({"password": PASSWORD}, "/password", "unknown"),
        ({"passkey": "x"}, "/passkey", "type"),
        ({"passkey": {"id": "x", "rawId": "x", "type": "public-key"}}, "/passkey/response", "required"),
    ],
)
def test_what_is_wrong_with_the_input_is_named(world: World, shown: dict[str, Any], field: str, rule: str) -> None:
    answer = finish(world, "challenge", **shown)
    assert answer.status_code == 422
    assert (field, rule) in [(error["field"], error["rule"]) for error in answer.json["errors"]]


def test_an_invitation_of_an_account_with_a_second_factor_is_accepted_and_asks_for_it(
    world: World, email: str, app_of_person: App
) -> None:
    elsewhere = world.owner(world.clinic())
    sent = {"name": "Kim", "email": email, "role": "practitioner"}
    invited = elsewhere.http.post("/v1/members", json=sent).json
    body = {"code": invited["invitation"]["code"], "password": PASSWORD}
    answer = world.anyone().post("/v1/invitations/accept", json=body)
    assert (answer.status_code, answer.json["code"]) == (401, "second_factor_needed")

    assert elsewhere.http.get(f"/v1/members/{invited['id']}").json["status"] == "active"
    entered = finish(world, answer.json["challenge"], totp_code=app_of_person.code())
    assert (entered.status_code, entered.json["member"]["id"]) == (201, invited["id"])


def test_only_digests_of_challenges_are_kept(world: World, email: str, app_of_person: App, session: Session) -> None:
    challenge = asked(world, email)["challenge"].encode()
    assert all(challenge not in digest for digest in session.scalars(select(SignInChallenge.digest)))


def test_who_has_no_second_factor_signs_in_as_before(world: World, email: str) -> None:
    entered = sign_in(world, email)
    assert (entered.status_code, entered.json["second_factor_setup_needed"]) == (201, False)


def test_what_nobody_answered_is_removed_and_what_still_counts_stays(
    world: World, person: Person, email: str, session: Session, noon: time_machine.Traveller
) -> None:
    add_passkey(person)
    asked(world, email)
    begin_totp(person.http)
    assert person.http.post("/v1/me/step-up", json={"totp_code": WRONG}).status_code == 403
    assert left_of(session, person) == [1, 1, 1, 1]
    noon.shift(timedelta(minutes=4))
    jobs.prune_sign_ins(session, {}, clock.now())
    assert left_of(session, person) == [1, 1, 1, 1]
    noon.shift(timedelta(hours=1))
    jobs.prune_sign_ins(session, {}, clock.now())
    assert left_of(session, person) == [0, 0, 0, 0]
    assert person.account_id in session.scalars(select(Passkey.account_id)).all()


def left_of(session: Session, person: Person) -> list[int]:
    return [
        session.scalars(select(func.count()).where(SignInChallenge.account_id == person.account_id)).one(),
        session.scalars(select(func.count()).where(PasskeyChallenge.account_id == person.account_id)).one(),
        session.scalars(select(func.count()).where(Totp.account_id == person.account_id)).one(),
        session.scalars(select(func.count()).where(Guesses.subject_id == person.sign_in_id)).one(),
    ]
