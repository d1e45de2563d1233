"""A clinic that requires a second factor of its staff: who has none is let in only to set one up, and on no socket."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SecondFactorForgotten
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import EVERYONE
from hep_api.clinics import connections
from hep_api.clinics.facts import SecondFactorRequired
from hep_api.clinics.models import Clinic
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.realtime.packets import read
from hep_api.foundation.web.contract import document
from hep_api.foundation.web.policy import policy_of
from tests.accounts.factors import App, add_passkey, add_totp, give_password, phone_of, sign_in
from tests.clinics.hearing import facts_heard
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")
# Nothing else is open to who owes a second factor.
OPEN = {
    ("get", "/v1/me/second-factors"),
    ("post", "/v1/me/second-factors/totp"),
    ("post", "/v1/me/second-factors/totp/confirmation"),
    ("get", "/v1/me/passkeys"),
    ("post", "/v1/me/passkeys/options"),
    ("post", "/v1/me/passkeys"),
    ("post", "/v1/me/step-up"),
    ("post", "/v1/me/step-up/passkey-options"),
    ("delete", "/v1/sign-ins/current"),
}


@pytest.fixture
def owner(world: World) -> Person:
    return world.owner(world.clinic())


@pytest.fixture
def practitioner(world: World, owner: Person) -> Person:
    return world.practitioner(owner.clinic_id)


@pytest.fixture
def strict(owner: Person, session: Session) -> Iterator[None]:
    """The owner's clinic requires a second factor."""
    session.execute(update(Clinic).where(Clinic.id == owner.clinic_id).values(second_factor_required=True))
    session.commit()
    return


def require(person: Person, value: bool) -> tuple[int, str]:
    tag = person.http.get("/v1/clinic").headers.get("ETag", "none")
    body = {"second_factor_required": value}
    answer = person.http.patch("/v1/clinic", json=body, headers={"If-Match": tag})
    return answer.status_code, answer.json.get("code", str(answer.json.get("second_factor_required")))


def refused(person: Person, path: str = "/v1/patients") -> str | None:
    answer = person.http.get(path)
    assert answer.status_code in (200, 403)
    return None if answer.status_code == 200 else str(answer.json["code"])


def test_only_an_owner_who_has_shown_theirs_requires_it(world: World, owner: Person) -> None:
    manager = world.step_up(world.manager(owner.clinic_id))
    assert require(manager, True) == (403, "role_may_not")
    assert require(owner, True) == (403, "second_factor_needed")
    add_totp(owner)
    assert require(owner, True) == (200, "True")
    assert owner.http.get("/v1/clinic").json["second_factor_required"] is True


def test_it_is_dropped_only_after_a_step_up(owner: Person, noon: time_machine.Traveller, world: World) -> None:
    app, _ = add_totp(owner)
    assert require(owner, True) == (200, "True")
    noon.shift(timedelta(minutes=10, seconds=1))
    assert require(owner, False) == (403, "second_factor_needed")
    assert require(owner, True) == (200, "True")
    assert owner.http.post("/v1/me/step-up", json={"totp_code": app.code()}).status_code == 200
    assert require(owner, False) == (200, "False")


@pytest.mark.usefixtures("strict")
def test_staff_without_one_are_let_in_only_to_set_it_up_and_then_go_on(
    world: World, owner: Person, practitioner: Person
) -> None:
    entered = sign_in(world, give_password(world, practitioner))
    assert (entered.status_code, entered.json["second_factor_setup_needed"]) == (201, True)
    phone = phone_of(world, entered.json)
    for path in ("/v1/me", "/v1/patients", "/v1/conversations", "/v1/exercises"):
        answer = phone.get(path)
        assert (answer.status_code, answer.json["code"]) == (403, "second_factor_setup_needed"), path
    assert phone.get("/v1/me/second-factors").json["is_required"] is True

    offered = phone.post("/v1/me/second-factors/totp").json
    assert phone.get("/v1/patients").status_code == 403
    confirmation = {"totp_code": App(offered["secret"]).code()}
    assert phone.post("/v1/me/second-factors/totp/confirmation", json=confirmation).status_code == 200
    assert phone.get("/v1/patients").status_code == 200


@pytest.mark.usefixtures("strict")
def test_a_passkey_does_as_well(practitioner: Person) -> None:
    assert refused(practitioner) == "second_factor_setup_needed"
    add_passkey(practitioner)
    assert refused(practitioner) is None


@pytest.mark.usefixtures("strict")
def test_a_sign_in_from_before_shows_the_one_that_there_is(world: World, practitioner: Person) -> None:
    tablet = world.sign_in(practitioner)
    app, _ = add_totp(practitioner)
    answer = tablet.http.get("/v1/patients")
    assert (answer.status_code, answer.json["code"]) == (403, "second_factor_needed")
    assert answer.json["methods"] == ["totp", "recovery_code"]
    assert tablet.http.post("/v1/me/step-up", json={"totp_code": app.code()}).status_code == 200
    assert refused(tablet) is None


@pytest.mark.usefixtures("strict")
def test_patients_owe_none(world: World, owner: Person, practitioner: Person) -> None:
    patient = world.patient(practitioner)
    assert refused(patient, "/v1/me") is None
    assert patient.http.get("/v1/me/second-factors").json["is_required"] is False
    assert sign_in(world, give_password(world, patient)).json["second_factor_setup_needed"] is False


@pytest.mark.usefixtures("strict")
def test_staff_of_another_clinic_owe_none(world: World) -> None:
    assert refused(world.practitioner(world.clinic())) is None


@pytest.mark.usefixtures("strict")
def test_who_removes_the_last_one_owes_one_again(practitioner: Person) -> None:
    add_totp(practitioner)
    assert refused(practitioner) is None
    assert practitioner.http.delete("/v1/me/second-factors/totp").status_code == 204
    assert refused(practitioner) == "second_factor_setup_needed"


def test_every_other_door_is_closed_to_who_owes_one(app: Flask) -> None:
    """Deny by default: a new door is closed until somebody opens it here."""
    opened = set()
    for rule in app.url_map.iter_rules():
        policy = policy_of(app.view_functions[rule.endpoint])
        assert policy is not None
        if policy.owing_too:
            assert policy.roles == frozenset(EVERYONE)
            opened |= {(method.lower(), document.path_of(rule)) for method in (rule.methods or set())}
    assert {each for each in opened if each[0] not in ("head", "options")} == OPEN


def test_open_connections_of_staff_without_one_are_closed_when_it_is_required(
    app: Flask, world: World, owner: Person, practitioner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_totp(owner)
    patient = world.patient(practitioner)
    hung_up: list[str] = []
    monkeypatch.setattr(app.extensions["hep_realtime"], "hang_up", hung_up.extend)
    with facts_heard(app, SecondFactorRequired) as heard:
        assert require(owner, True)[0] == 200
    assert heard == [SecondFactorRequired(owner.clinic_id)]
    assert connections.sign_in_room(practitioner.sign_in_id) in hung_up
    assert connections.sign_in_room(owner.sign_in_id) not in hung_up
    assert connections.sign_in_room(patient.sign_in_id) not in hung_up


@pytest.mark.usefixtures("strict")
def test_connections_are_closed_when_the_last_one_is_removed(app: Flask, practitioner: Person) -> None:
    add_totp(practitioner)
    with facts_heard(app, SecondFactorForgotten) as heard:
        assert practitioner.http.delete("/v1/me/second-factors/totp").status_code == 204
    gone = SecondFactorForgotten(practitioner.clinic_id, practitioner.member_id, practitioner.sign_in_id)
    assert heard == [gone]


@pytest.mark.usefixtures("strict")
def test_no_socket_lets_in_who_owes_one(app: Flask, practitioner: Person) -> None:
    switchboard = app.extensions["hep_realtime"].switchboard
    packet = read(f'0{{"token":"{practitioner.token}"}}')
    answer = switchboard.introduce("line-1", packet, _alone)
    assert isinstance(answer, Problem)
    assert answer.code == "second_factor_setup_needed"

    add_totp(practitioner)
    assert not isinstance(switchboard.introduce("line-2", packet, _alone), Problem)
    switchboard._attendance.closed("line-2")


def test_a_connection_from_before_is_answered_no_more(app: Flask, owner: Person, practitioner: Person) -> None:
    switchboard = app.extensions["hep_realtime"].switchboard
    asks = read('21["conversation.catch_up",{"conversation_id":"01a201b3-1206-76fc-89be-3a7afe1de713","after":0}]')
    assert not isinstance(
        switchboard.introduce("line-3", read(f'0{{"token":"{practitioner.token}"}}'), _alone), Problem
    )
    assert switchboard.answer("line-3", asks)["code"] == "not_found"

    add_totp(owner)
    assert require(owner, True)[0] == 200
    assert switchboard.answer("line-3", asks)["code"] == "second_factor_setup_needed"
    add_totp(practitioner)
    assert switchboard.answer("line-3", asks)["code"] == "not_found"
    switchboard._attendance.closed("line-3")


def _alone(_: str) -> bool:
    """Nobody has too many connections."""
    return False


@pytest.mark.usefixtures("strict")
def test_the_roll_call_and_what_patients_cause_pass_over_who_owes_one(
    app: Flask, world: World, owner: Person, practitioner: Person
) -> None:
    patient = world.patient(practitioner)
    claims = [{"sid": each.sign_in_id} for each in (owner, practitioner, patient)]
    with app.app_context(), transaction() as session:
        assert set(connections.list_ended(session, claims)) == {owner.sign_in_id, practitioner.sign_in_id}
    add_totp(practitioner)
    with app.app_context(), transaction() as session:
        assert set(connections.list_ended(session, claims)) == {owner.sign_in_id}
    with world.transaction() as session:
        rooms = connections.list_rooms_about(session, owner.clinic_id, patient.patient_id)
        assert set(rooms) == {connections.sign_in_room(each.sign_in_id) for each in (practitioner, patient)}
        session.execute(update(SignIn).where(SignIn.id == practitioner.sign_in_id).values(second_factor_at=None))
        session.flush()
        rooms = connections.list_rooms_about(session, owner.clinic_id, patient.patient_id)
        assert rooms == (connections.sign_in_room(patient.sign_in_id),)
        assert session.scalars(select(SignIn.id).where(SignIn.id == practitioner.sign_in_id)).one()
