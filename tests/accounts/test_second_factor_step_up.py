"""Step-up: what is sensitive asks for a second factor of the last ten minutes; patients without one for a password."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import SignIn
from hep_api.foundation import clock
from tests.accounts.conftest import NOON
from tests.accounts.factors import PASSWORD, add_passkey, add_totp, asked, finish, give_password, phone_of
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")
# What asks for one; removing says nothing when there is nothing.
SENSITIVE = "/v1/me/second-factors/totp"


@pytest.fixture
def practitioner(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def patient(world: World, practitioner: Person) -> Person:
    return world.patient(practitioner)


def step_up(person: Person, **shown: Any) -> Any:
    return person.http.post("/v1/me/step-up", json=shown)


def test_it_lasts_ten_minutes_on_the_sign_in_that_showed_it(
    world: World, practitioner: Person, noon: time_machine.Traveller
) -> None:
    app, _ = add_totp(practitioner)
    tablet = world.sign_in(practitioner)
    stepped = step_up(tablet, totp_code=app.code())
    assert (stepped.status_code, stepped.json) == (200, {"expires_in": 600})

    path = "/v1/me/second-factors/recovery-codes"
    assert world.sign_in(practitioner).http.post(path).status_code == 403
    noon.shift(timedelta(minutes=10))
    assert tablet.http.post(path).status_code == 201
    noon.shift(timedelta(seconds=1))
    refused = tablet.http.post(path)
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    assert refused.json["methods"] == ["totp", "recovery_code"]


def test_whoever_has_just_signed_in_with_one_has_shown_it(world: World, practitioner: Person) -> None:
    app, _ = add_totp(practitioner)
    question = asked(world, give_password(world, practitioner))
    phone = phone_of(world, finish(world, question["challenge"], totp_code=app.code()).json)
    assert phone.delete(SENSITIVE).status_code == 204


def test_a_passkey_steps_up(practitioner: Person, session: Session) -> None:
    device, _ = add_passkey(practitioner)
    session.get_one(SignIn, practitioner.sign_in_id).second_factor_at = None
    session.commit()
    assert practitioner.http.delete(SENSITIVE).json["methods"] == ["passkey", "recovery_code"]
    options = practitioner.http.post("/v1/me/step-up/passkey-options").json["public_key"]
    assert step_up(practitioner, passkey=device.get(options)).status_code == 200
    assert practitioner.http.delete(SENSITIVE).status_code == 204


def test_a_code_that_signed_somebody_in_does_not_step_up_too(world: World, practitioner: Person) -> None:
    app, _ = add_totp(practitioner)
    code = app.code()
    question = asked(world, give_password(world, practitioner))
    assert finish(world, question["challenge"], totp_code=code).status_code == 201
    assert step_up(practitioner, totp_code=code).json["code"] == "second_factor_wrong"


def test_a_patient_without_any_gives_the_password(world: World, patient: Person) -> None:
    give_password(world, patient)
    refused = patient.http.delete(SENSITIVE)
    assert (refused.status_code, refused.json["methods"]) == (403, ["password"])

    wrong = step_up(patient, password="not the password")
    assert (wrong.status_code, wrong.json["code"]) == (403, "password_wrong")
    assert patient.http.delete(SENSITIVE).status_code == 403
    assert step_up(patient, password=PASSWORD).status_code == 200
    assert patient.http.delete(SENSITIVE).status_code == 204


def test_a_patient_with_one_shows_it_and_not_the_password(world: World, patient: Person, session: Session) -> None:
    give_password(world, patient)
    app, _ = add_totp(patient)
    session.get_one(SignIn, patient.sign_in_id).second_factor_at = None
    session.commit()
    refused = step_up(patient, password=PASSWORD)
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    assert refused.json["methods"] == ["totp", "recovery_code"]
    assert patient.http.delete(SENSITIVE).status_code == 403
    assert step_up(patient, totp_code=app.code()).status_code == 200


def test_staff_without_any_set_one_up_first(world: World, practitioner: Person) -> None:
    give_password(world, practitioner)
    assert practitioner.http.delete(SENSITIVE).json["methods"] == []
    refused = step_up(practitioner, password=PASSWORD)
    assert (refused.status_code, refused.json["methods"]) == (403, [])
    add_totp(practitioner)
    assert practitioner.http.delete(SENSITIVE).status_code == 204


def test_passwords_and_codes_are_guessed_ten_times_an_hour_on_one_sign_in(
    world: World, patient: Person, practitioner: Person, noon: time_machine.Traveller
) -> None:
    give_password(world, patient)
    app, _ = add_totp(practitioner)
    for person, wrong, right in (
        (patient, {"password": "wrong"}, {"password": PASSWORD}),
        (practitioner, {"totp_code": "000000"}, {"totp_code": app.code()}),
    ):
        for _ in range(10):
            assert step_up(person, **wrong).status_code == 403
        bounded = step_up(person, **right)
        assert (bounded.status_code, bounded.json["code"]) == (429, "too_many_guesses")
        # Another sign-in of theirs is not kept out.
        assert step_up(world.sign_in(person), **right).status_code == 200
    noon.shift(timedelta(hours=1))
    patient.http.token = world.app.extensions["hep_tokens"].issue(patient.account_id, patient.sign_in_id, clock.now())
    assert step_up(patient, password=PASSWORD).status_code == 200


def test_exactly_one_way_is_sent(patient: Person) -> None:
    for body in ({}, {"password": PASSWORD, "totp_code": "123456"}):
        refused = step_up(patient, **body)
        assert (refused.status_code, refused.json["errors"][0]["rule"]) == (422, "one_of")


def test_a_role_is_changed_only_after_a_step_up_and_a_name_without(world: World, practitioner: Person) -> None:
    owner = world.owner(practitioner.clinic_id)
    app, _ = add_totp(owner)
    tablet = world.sign_in(owner)
    path = f"/v1/members/{practitioner.member_id}"

    def change(**changes: str) -> Any:
        tag = tablet.http.get(path).headers["ETag"]
        return tablet.http.patch(path, json=changes, headers={"If-Match": tag})

    assert change(name="Robin").status_code == 200
    assert change(role="practitioner", name="Kim").status_code == 200
    refused = change(role="manager", name="Robin")
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_needed")
    assert tablet.http.get(path).json["name"] == "Kim"
    assert step_up(tablet, totp_code=app.code()).status_code == 200
    assert change(role="manager").json["role"] == "manager"


def test_what_was_shown_is_noted_by_the_minute_it_was_shown(practitioner: Person, session: Session) -> None:
    add_totp(practitioner)
    assert session.get_one(SignIn, practitioner.sign_in_id).second_factor_at == NOON
