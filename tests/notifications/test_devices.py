"""Phones are registered, refreshed, listed and removed by whoever holds them; a phone has one owner among all."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Role
from hep_api.notifications.actions.registering import MOST_DEVICES
from hep_api.notifications.facts.devices import DeviceEnded, DeviceZoneReported
from hep_api.notifications.models.devices import DeviceEnd
from tests.clinics.hearing import facts_heard
from tests.counting import StatementCounter
from tests.notifications.phones import DEVICES, a_token, addresses, holders_of, register, registered, rows_of, said
from tests.world import Person, World


@pytest.fixture
def lead(world: World) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def patient(world: World, lead: Person) -> Person:
    return world.patient(lead)


def test_a_phone_is_registered_once_and_refreshed_ever_after(app: Flask, world: World, patient: Person) -> None:
    value = a_token()
    about = {"app_version": "2.0 (17)", "language": "de", "zone": "Europe/Berlin"}
    with facts_heard(app, DeviceZoneReported) as heard:
        first = register(patient, value, **about)
        again = register(patient, value, **about)
        moved = register(patient, value, **{**about, "app_version": "2.1", "zone": "Asia/Tokyo"})
    assert (first.status_code, again.status_code, moved.status_code) == (201, 201, 201)
    assert first.json["id"] == again.json["id"] == moved.json["id"]
    # Each time: of several phones it is the one heard of last that says where somebody is.
    assert [fact.zone for fact in heard] == ["Europe/Berlin", "Europe/Berlin", "Asia/Tokyo"]

    [shown] = patient.http.get(DEVICES).json["items"]
    assert shown == moved.json
    assert (shown["app_version"], shown["zone"], shown["language"]) == ("2.1", "Asia/Tokyo", "de")
    assert (shown["kind"], shown["platform"], shown["current"]) == ("fcm_token", "android", True)
    assert shown["sign_in_id"] == str(patient.sign_in_id)
    assert shown["refreshed_at"] > shown["registered_at"] == first.json["registered_at"]
    assert value not in first.get_data(as_text=True) + patient.http.get(DEVICES).get_data(as_text=True)

    [address] = addresses(world, patient)
    assert (str(address.device_id), address.value, address.sign_in_id) == (shown["id"], value, patient.sign_in_id)
    assert (address.language, value in repr(address)) == ("de", False)
    # The record's own zone is the patient's to change, and no phone's.
    assert patient.http.get(f"/v1/patients/{patient.patient_id}").json["zone"] == "Europe/Berlin"


def test_a_phone_with_a_new_token_or_an_installation_id_stays_the_same_device(world: World, patient: Person) -> None:
    old, new, installation = a_token(), a_token(), "c" * 22
    device = registered(patient, old, app_version="1")
    path = f"{DEVICES}/{device}"
    assert patient.http.patch(path, json={"value": new, "language": "fr"}).json["language"] == "fr"
    assert [address.value for address in addresses(world, patient)] == [new]
    changed = patient.http.patch(path, json={"kind": "fcm_installation", "value": installation})
    assert (changed.status_code, changed.json["kind"], changed.json["app_version"]) == (200, "fcm_installation", "1")
    assert patient.http.patch(path, json={"kind": "fcm_installation", "value": installation}).status_code == 200
    [address] = addresses(world, patient)
    assert (address.device_id, address.kind, address.value) == (device, "fcm_installation", installation)
    # What it was addressed by before is nobody's.
    assert holders_of(world, patient) == 1

    # A value that another device of theirs has is taken over from it.
    other = registered(patient, old)
    assert patient.http.patch(path, json={"kind": "fcm_token", "value": old}).status_code == 200
    assert [each.device_id for each in addresses(world, patient)] == [device]
    assert rows_of(world, other).ended_reason is DeviceEnd.REPLACED

    # It speaks for itself: not from another sign-in, which may remove it all the same.
    elsewhere = world.sign_in(patient)
    assert elsewhere.http.patch(path, json={}).status_code == 404
    assert [each["current"] for each in elsewhere.http.get(DEVICES).json["items"]] == [False]
    assert elsewhere.http.delete(path).status_code == 204
    assert patient.http.patch(path, json={}).status_code == 404


def test_what_is_no_phones_word_is_refused_and_registers_nothing(world: World, patient: Person) -> None:
    device = registered(patient, language="de")
    wrong = {
        "/value": [{"value": ""}, {"value": "with a space"}, {"value": "x" * 4097}, {"value": "ünï"}, {"value": 7}],
        "/kind": [{"kind": "apns"}, {"kind": None}],
        "/platform": [{"platform": "windows"}],
        "/zone": [{"zone": "Mars/Olympus"}],
        "/language": [{"language": "german"}],
        "/app_version": [{"app_version": "x" * 41}, {"app_version": "1\n2"}],
        "/keys": [{"keys": {"p256dh": "x", "auth": "y"}}],
        "/owner": [{"owner": str(uuid4())}],
    }
    for field, bodies in wrong.items():
        for body in bodies:
            refused = patient.http.post(DEVICES, json={**said(), **body})
            assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field), body
            if field != "/platform":
                path = f"{DEVICES}/{device}"
                assert (
                    patient.http.patch(path, json={**({"value": "x"} if field == "/keys" else {}), **body}).status_code
                    == 422
                )
    assert register(patient, "a/b", kind="fcm_installation").status_code == 422
    alone = patient.http.patch(f"{DEVICES}/{device}", json={"kind": "fcm_token"})
    assert (alone.status_code, alone.json["errors"][0]["field"]) == (422, "/kind")
    browser = register(patient, "https://fcm.googleapis.com/x", kind="web_push", platform="web")
    assert (browser.status_code, browser.json["code"]) == (409, "web_push_not_configured")
    [only] = patient.http.get(DEVICES).json["items"]
    assert (only["id"], only["language"]) == (str(device), "de")


def test_a_phone_moves_to_whoever_registers_it_and_neither_learns_of_the_other(
    app: Flask, world: World, patient: Person, lead: Person
) -> None:
    """Also across clinics, as a phone knows of none."""
    value, abroad = a_token(), world.patient(world.practitioner(world.clinic()))
    device = registered(patient, value, language="de", app_version="1")
    with facts_heard(app, DeviceEnded) as heard:
        taken = register(abroad, value)
    assert (taken.status_code, taken.json["app_version"], taken.json["language"]) == (201, None, None)
    assert taken.json["id"] != str(device)
    assert taken.json["registered_at"] == taken.json["refreshed_at"]
    assert heard == [DeviceEnded(patient.clinic_id, patient.member_id, device)]

    assert patient.http.get(DEVICES).json["items"] == []
    lost, unknown = (patient.http.patch(f"{DEVICES}/{each}", json={}) for each in (device, uuid4()))
    assert (lost.status_code, unknown.status_code) == (404, 404)
    assert lost.json["detail"] == unknown.json["detail"]
    assert (addresses(world, patient), [each.value for each in addresses(world, abroad)]) == ([], [value])
    left = rows_of(world, device)
    assert (left.ended_reason, left.value, left.digest, left.account_id) == (DeviceEnd.MOVED, None, None, None)

    # And on to somebody of the clinic that it came from, and back.
    registered(lead, value)
    assert addresses(world, abroad) == []
    back = registered(patient, value)
    assert back != device
    assert (len(addresses(world, lead, patient)), holders_of(world, patient, abroad, lead)) == (1, 1)


def test_one_account_has_its_phone_in_each_of_its_clinics(world: World, lead: Person) -> None:
    value, other_clinic = a_token(), world.clinic()
    also = world.also_member_of(other_clinic, lead, Role.PRACTITIONER)
    with world.transaction() as session:
        there = world._sign_in(session, other_clinic, also, lead.account_id, Role.PRACTITIONER)
    here, elsewhere = registered(lead, value), registered(there, value)
    assert [each.device_id for each in (*addresses(world, lead), *addresses(world, there))] == [here, elsewhere]
    # The same phone, signed in anew in the same clinic: still the same device, on the new sign-in.
    anew = world.sign_in(lead)
    assert registered(anew, value) == here
    assert [each.sign_in_id for each in addresses(world, lead)] == [anew.sign_in_id]

    assert anew.http.delete(f"{DEVICES}/{here}").status_code == 204
    assert (holders_of(world, lead), len(addresses(world, there))) == (1, 1)
    assert there.http.delete(f"{DEVICES}/{elsewhere}").status_code == 204
    assert holders_of(world, lead) == 0


def test_removing_is_for_ones_own_and_done_twice_changes_nothing(world: World, patient: Person, lead: Person) -> None:
    device, path = registered(patient), DEVICES + "/{}"
    assert lead.http.delete(path.format(device)).status_code == 404
    assert len(addresses(world, patient)) == 1
    for _ in range(2):
        assert patient.http.delete(path.format(device)).status_code == 204
    assert (addresses(world, patient), holders_of(world, patient)) == ([], 0)
    assert rows_of(world, device).ended_reason is DeviceEnd.REMOVED
    assert patient.http.delete(path.format(uuid4())).status_code == 404


def test_beyond_so_many_devices_the_one_not_seen_the_longest_ends(
    world: World, lead: Person, statements: StatementCounter
) -> None:
    values = [a_token() for _ in range(MOST_DEVICES)]
    first, second, *_ = [registered(lead, value) for value in values]
    registered(lead, values[0])
    registered(lead)
    assert rows_of(world, second).ended_reason is DeviceEnd.TOO_MANY
    with statements() as many:
        assert len(lead.http.get(DEVICES).json["items"]) == MOST_DEVICES
    standing = {each.device_id for each in addresses(world, lead)}
    assert (first in standing, second in standing, len(standing)) == (True, False, MOST_DEVICES)
    assert holders_of(world, lead) == MOST_DEVICES
    assert len(many) == 2  # who asks, and the list


def test_a_phone_hears_nothing_while_its_owner_may_not_enter(world: World) -> None:
    """Asked at the moment itself, whether or not anybody has ended the device."""
    owner = world.owner(world.clinic())
    registered(owner)
    assert len(addresses(world, owner)) == 1
    # As a sign-in whose tokens nobody has renewed: its refresh token has run out.
    ago = rows_of(world, addresses(world, owner)[0].device_id).registered_at + timedelta(days=2)
    assert addresses(world, owner, now=ago) == []
    tag = owner.http.get("/v1/clinic").headers["ETag"]
    world.step_up(owner)
    policy = owner.http.patch("/v1/clinic", json={"second_factor_required": True}, headers={"If-Match": tag})
    assert policy.status_code == 200, policy.json
    owing = world.sign_in(owner)
    assert len(addresses(world, owner)) == 1
    with world.transaction() as session:
        session.get_one(SignIn, owner.sign_in_id).second_factor_at = None
    assert addresses(world, owner) == []
    assert owing.http.get(DEVICES).status_code == 403
