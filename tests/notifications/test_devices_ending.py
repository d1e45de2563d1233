"""A device ends with the sign-in that it is on, in the same transaction, whatever ends that; and with its person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from hep_api.accounts.models.identity import RefreshToken, SignIn
from hep_api.clinics.facts import PatientErased
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from hep_api.foundation.facts import publish
from hep_api.notifications.jobs.devices import RECURRING, SWEEP_DEVICES
from hep_api.notifications.models.devices import Device, DeviceEnd
from tests.notifications.phones import DEVICES, a_token, addresses, holders_of, register, registered, rows_of, said
from tests.world import Person, Phone, World

PASSWORD, NEW_PASSWORD = "seven small stones", "eight small stones"


class Signing:
    """A practitioner who signs in by password: on the phone that is looked at, and on another."""

    def __init__(self, world: World) -> None:
        self.world, clinic_id = world, world.clinic()
        self.owner, self.person = world.owner(clinic_id), world.practitioner(clinic_id)
        self.email, self.phone_id = world.give_password(self.person, PASSWORD), str(uuid4())
        self.entered = self.sign_in(device_id=self.phone_id)
        self.phone, self.other = self.opened(self.entered), self.opened(self.sign_in())
        answer = self.phone.post(DEVICES, json=said())
        self.device, self.sign_in_id = answer.json["id"], answer.json["sign_in_id"]

    def sign_in(self, **more: Any) -> dict[str, Any]:
        body = {"email": self.email, "password": PASSWORD, **more}
        entered: dict[str, Any] = self.world.anyone().post("/v1/sign-ins", json=body).json
        return entered

    def opened(self, entered: dict[str, Any]) -> Phone:
        return Phone(self.world.app.test_client(), entered["access_token"])

    def refresh(self, agent: str) -> int:
        body = {"refresh_token": self.entered["refresh_token"]}
        return self.world.anyone().post("/v1/sign-ins/refresh", json=body, headers={"User-Agent": agent}).status_code

    def use_a_refresh_token_twice(self) -> None:
        assert (self.refresh("phone"), self.refresh("thief")) == (200, 401)

    def change_password(self) -> None:
        body = {"current_password": PASSWORD, "password": NEW_PASSWORD}
        assert self.other.put("/v1/me/password", json=body).status_code == 204

    def disable(self) -> None:
        path = f"/v1/members/{self.person.member_id}"
        tag = {"If-Match": self.owner.http.get(path).headers["ETag"]}
        assert self.owner.http.patch(path, json={"disabled": True}, headers=tag).status_code == 200


WAYS: dict[str, Callable[[Signing], Any]] = {
    "signing out": lambda at: at.phone.delete("/v1/sign-ins/current"),
    "ending it from elsewhere": lambda at: at.other.delete(f"/v1/me/sign-ins/{at.sign_in_id}"),
    "ending all others": lambda at: at.other.post("/v1/me/sign-ins/end-others"),
    "a refresh token used twice": Signing.use_a_refresh_token_twice,
    "a new password": Signing.change_password,
    "signing in anew on the same phone": lambda at: at.sign_in(device_id=at.phone_id),
    "being disabled": Signing.disable,
    "the keeper of the installation": lambda at: at.world.app.test_cli_runner().invoke(
        args=["accounts", "end-sign-ins", at.email]
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_device_ends_with_its_sign_in(world: World, way: str) -> None:
    at = Signing(world)
    assert [str(each.device_id) for each in addresses(world, at.person)] == [at.device]
    WAYS[way](at)
    assert addresses(world, at.person) == []
    with world.transaction() as session:
        device = session.scalars(select(Device).where(Device.clinic_id == at.person.clinic_id)).one()
        sign_in = session.get_one(SignIn, at.sign_in_id)
    assert (device.ended_reason, device.ended_at is not None) == (DeviceEnd.SIGN_IN_ENDED, True)
    assert abs((device.ended_at or datetime.now(UTC)) - (sign_in.ended_at or datetime.now(UTC))) < timedelta(seconds=5)
    assert (device.value, device.digest, device.account_id, holders_of(world, at.person)) == (None, None, None, 0)
    # Others of the person's stay, and the phone may be registered again by whoever signs in on it.
    if way not in ("ending all others", "being disabled", "the keeper of the installation"):
        assert at.other.post(DEVICES, json=said()).status_code == 201
        assert len(addresses(world, at.person)) == 1


def test_a_sign_in_that_nobody_renews_any_more_takes_its_device_along(app: Flask, world: World) -> None:
    """First nothing is sent there; then the daily sweep ends it, and in the end removes what is left of it."""
    at = Signing(world)
    lasting = at.other.post(DEVICES, json=said()).json["id"]
    with world.transaction() as session:
        old = datetime.now(UTC) - timedelta(days=61)
        session.execute(update(SignIn).where(SignIn.account_id == at.person.account_id).values(created_at=old))
        of_phone = RefreshToken.sign_in_id == at.sign_in_id
        session.execute(update(RefreshToken).where(of_phone).values(expires_at=old + timedelta(days=60)))
    assert [str(each.device_id) for each in addresses(world, at.person)] == [lasting]
    assert SWEEP_DEVICES in RECURRING
    _sweep(app, at.person)
    assert rows_of(world, at.device).ended_reason is DeviceEnd.SIGN_IN_EXPIRED
    assert [str(each.device_id) for each in addresses(world, at.person)] == [lasting]
    with world.transaction() as session:
        # As the sweep of accounts leaves it.
        session.execute(delete(RefreshToken).where(of_phone))
        session.execute(delete(SignIn).where(SignIn.id == at.sign_in_id))
        ended = Device.ended_at - timedelta(days=91)
        session.execute(update(Device).where(Device.id == at.device).values(ended_at=ended))
    _sweep(app, at.person)
    with world.transaction() as session:
        left = session.scalars(select(Device.id).where(Device.clinic_id == at.person.clinic_id)).all()
    assert [str(each) for each in left] == [lasting]


def test_an_erased_patient_leaves_no_phone_behind(world: World) -> None:
    lead = world.practitioner(world.clinic())
    patient, neighbour = world.patient(lead), world.patient(lead)
    value = a_token()
    for person in (patient, neighbour):
        registered(person)
    ended = registered(patient, value)
    registered(neighbour, value)
    assert rows_of(world, ended).ended_reason is DeviceEnd.MOVED
    with world.transaction() as session:
        tenancy.act_for(session, patient.clinic_id)
        publish(session, PatientErased(patient.clinic_id, patient.patient_id, datetime.now(UTC)))
    with world.transaction() as session:
        of_patient = select(func.count()).where(Device.member_id == patient.member_id)
        assert session.scalar(of_patient) == 0
    assert (holders_of(world, patient), holders_of(world, neighbour)) == (0, 2)
    assert len(addresses(world, neighbour)) == 2
    assert register(patient).status_code == 401


def _sweep(app: Flask, person: Person) -> None:
    with app.app_context(), transaction() as session:
        tenancy.act_for(session, person.clinic_id)
        app.extensions["hep_jobs"][SWEEP_DEVICES](session, {"clinic_id": str(person.clinic_id)}, datetime.now(UTC))


def test_signing_in_on_a_shared_phone_ends_what_others_had_on_it(world: World) -> None:
    """At once, whether or not the app registers it for whoever signs in; known by the id that the app made itself."""
    at, app_id = Signing(world), {"device_id": str(uuid4())}
    elsewhere = Signing(world)
    here = at.opened(at.sign_in(**app_id))
    device = here.post(DEVICES, json=said()).json["id"]
    assert len(addresses(world, at.person)) == 2

    # Neither another phone nor the same account anew takes it away; the latter ends by its own rule.
    elsewhere.sign_in(device_id=str(uuid4()))
    elsewhere.sign_in()
    assert rows_of(world, device).ended_at is None
    entered = elsewhere.sign_in(**app_id)
    assert (rows_of(world, device).ended_reason, rows_of(world, device).value) == (DeviceEnd.MOVED, None)
    assert [str(each.device_id) for each in addresses(world, at.person)] == [at.device]
    assert (holders_of(world, at.person), holders_of(world, elsewhere.person)) == (1, 1)
    # The former owner's sign-in stands: only the phone is not theirs to be told on.
    assert here.get(DEVICES).status_code == 200
    taken = elsewhere.opened(entered).post(DEVICES, json=said())
    assert (taken.status_code, len(addresses(world, elsewhere.person))) == (201, 2)
    # A sign-in that the door refuses ends nothing.
    body = {"email": at.email, "password": "wrong", **app_id}
    assert world.anyone().post("/v1/sign-ins", json=body).status_code == 401
    assert len(addresses(world, elsewhere.person)) == 2
