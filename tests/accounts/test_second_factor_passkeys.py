"""Passkeys: made, listed, named and removed; an authenticator that answers wrongly is refused, whatever is wrong."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.second_factor import Passkey
from hep_api.accounts.passkeys import load_relying_party
from hep_api.app import create_app
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.settings import Settings
from tests.accounts.conftest import NOON
from tests.accounts.factors import add_passkey, asked, finish, give_password, register
from tests.authenticator import PRESENT, Authenticator, decoded, encoded
from tests.world import Person, World

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def person(world: World) -> Person:
    return world.patient(world.practitioner(world.clinic()))


def step_up(person: Person, device: Authenticator) -> Any:
    options = person.http.post("/v1/me/step-up/passkey-options").json["public_key"]
    return person.http.post("/v1/me/step-up", json={"passkey": device.get(options)})


def test_a_passkey_is_made_listed_renamed_and_removed(person: Person) -> None:
    options = person.http.post("/v1/me/passkeys/options").json["public_key"]
    assert options["rp"] == {"name": "hep-api", "id": "clinic.example"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    device = Authenticator()
    added = person.http.post("/v1/me/passkeys", json={"credential": device.create(options), "name": "Phone"})

    assert added.status_code == 201
    assert len(added.json["recovery_codes"]) == 10
    passkey = added.json["passkey"]
    assert (passkey["name"], passkey["last_used_at"], passkey["copied_at"]) == ("Phone", None, None)
    path = f"/v1/me/passkeys/{passkey['id']}"
    assert person.http.patch(path, json={"name": "Old phone"}).json["name"] == "Old phone"
    assert [each["name"] for each in person.http.get("/v1/me/passkeys").json["items"]] == ["Old phone"]
    # A device that has one already is not asked for another.
    again = person.http.post("/v1/me/passkeys/options").json["public_key"]
    assert [decoded(each["id"]) for each in again["excludeCredentials"]] == [device.credential_id]
    assert again["excludeCredentials"][0]["transports"] == ["internal"]

    assert person.http.delete(path).status_code == 204
    shown = person.http.get("/v1/me/second-factors").json
    assert (shown["passkeys"], shown["recovery_codes_left"], shown["passkeys_possible"]) == ([], 0, True)
    assert person.http.delete(path).status_code == 403


def test_another_persons_passkey_is_not_there(world: World, person: Person) -> None:
    _, added = add_passkey(person)
    path = f"/v1/me/passkeys/{added['passkey']['id']}"
    other = world.step_up(world.patient(world.practitioner(person.clinic_id)))
    assert other.http.patch(path, json={"name": "Mine"}).status_code == 404
    assert other.http.delete(path).status_code == 404
    assert person.http.get("/v1/me/passkeys").json["items"][0]["name"] == "Passkey"


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://clinic.example.evil"},
        {"origin": "http://clinic.example"},
        {"flags": PRESENT},
        {"flags": 0x04},
    ],
    ids=["another site", "in the clear", "person not checked", "nobody there"],
)
def test_an_authenticator_that_answers_wrongly_is_refused(person: Person, bent: dict[str, Any]) -> None:
    refused = register(person.http, Authenticator(**bent))
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_wrong")

    right, _ = add_passkey(person)
    refused = step_up(person, replace(right, **bent))
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_wrong")
    assert step_up(person, right).status_code == 200


def test_a_passkey_of_another_domain_is_refused(person: Person) -> None:
    options = person.http.post("/v1/me/passkeys/options").json["public_key"]
    elsewhere = {**options, "rp": {"id": "elsewhere.example"}}
    body = {"credential": Authenticator().create(elsewhere)}
    assert person.http.post("/v1/me/passkeys", json=body).status_code == 403


def test_what_was_asked_is_answered_once_and_within_five_minutes(
    world: World, person: Person, noon: time_machine.Traveller
) -> None:
    device = Authenticator()
    options = person.http.post("/v1/me/passkeys/options").json["public_key"]
    body = {"credential": device.create(options)}
    # It was asked of this sign-in, and of no other.
    assert world.sign_in(person).http.post("/v1/me/passkeys", json=body).status_code == 403
    assert person.http.post("/v1/me/passkeys", json=body).status_code == 201
    assert person.http.post("/v1/me/passkeys", json=body).status_code == 403

    late = person.http.post("/v1/me/passkeys/options").json["public_key"]
    noon.shift(timedelta(minutes=5))
    assert person.http.post("/v1/me/passkeys", json={"credential": Authenticator().create(late)}).status_code == 403


def test_a_newer_question_takes_the_place_of_the_older(person: Person) -> None:
    older = person.http.post("/v1/me/passkeys/options").json["public_key"]
    person.http.post("/v1/me/passkeys/options")
    assert person.http.post("/v1/me/passkeys", json={"credential": Authenticator().create(older)}).status_code == 403


def test_an_answer_for_making_is_none_for_showing(person: Person) -> None:
    device, _ = add_passkey(person)
    making = person.http.post("/v1/me/passkeys/options").json["public_key"]
    shown = device.get({"rpId": "clinic.example", "challenge": making["challenge"]})
    assert person.http.post("/v1/me/step-up", json={"passkey": shown}).status_code == 403


def test_a_passkey_is_registered_once_wherever(world: World, person: Person) -> None:
    device, _ = add_passkey(person)
    other = world.patient(world.practitioner(person.clinic_id))
    for each in (person, other):
        refused = register(each.http, device)
        assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "taken")


def test_an_account_has_at_most_twenty(world: World, person: Person, session: Session) -> None:
    add_passkey(person)
    kept = {"account_id": person.account_id, "public_key": b"", "sign_count": 0, "transports": [], "name": "One more"}
    session.add_all(
        Passkey(credential_id=person.account_id.bytes + bytes([number]), created_at=NOON, **kept)
        for number in range(19)
    )
    session.commit()
    refused = person.http.post("/v1/me/passkeys/options")
    assert (refused.status_code, refused.json["errors"][0]["rule"]) == (409, "too_many")


def test_a_count_that_does_not_grow_is_refused_shown_and_told(person: Person, session: Session) -> None:
    device, added = add_passkey(person)
    assert step_up(person, device).status_code == 200
    copy = replace(device, counts=False)
    refused = step_up(person, copy)

    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_wrong")
    [shown] = person.http.get("/v1/me/passkeys").json["items"]
    assert shown["id"] == added["passkey"]["id"]
    assert shown["copied_at"] is not None
    payloads = session.scalars(select(Job.payload).where(Job.kind == "accounts.send_letter")).all()
    told = [each["letter"] for each in payloads if each["account_id"] == str(person.account_id)]
    assert "passkey_copied" in told
    # The device itself goes on.
    assert step_up(person, device).status_code == 200


def test_who_cannot_sign_does_not_make_a_passkey_look_copied(person: Person) -> None:
    device, _ = add_passkey(person)
    assert step_up(person, device).status_code == 200
    assert step_up(person, Authenticator(credential_id=device.credential_id, counts=False)).status_code == 403
    assert person.http.get("/v1/me/passkeys").json["items"][0]["copied_at"] is None


def test_a_device_that_does_not_count_is_taken_as_it_is(person: Person) -> None:
    device, _ = add_passkey(person, counts=False)
    for _ in range(2):
        assert step_up(person, device).status_code == 200


def test_hostile_answers_are_refused_and_never_fail(world: World, person: Person) -> None:
    device, _ = add_passkey(person)
    email = give_password(world, person)
    question = asked(world, email)
    right = device.get(question["passkey"])
    response = right["response"]
    client_data = json.loads(decoded(response["clientDataJSON"]))
    hostile: list[dict[str, Any]] = [
        {"authenticatorData": "!!"},
        {"authenticatorData": encoded(b"x")},
        {"authenticatorData": encoded(decoded(response["authenticatorData"]) + b"\x9f" * 500)},
        {"signature": encoded(bytes(64))},
        {"signature": encoded(b"\x30\x06\x02\x01\x00\x02\x01\x00")},
        {"clientDataJSON": encoded(b"[]")},
        {"clientDataJSON": encoded(b"\xff\xfe")},
        {"clientDataJSON": encoded(json.dumps({**client_data, "challenge": 7}).encode())},
        {"clientDataJSON": encoded(json.dumps({**client_data, "origin": ["https://clinic.example"]}).encode())},
        {"clientDataJSON": encoded(b'{"type":' * 900 + b"1" + b"}" * 900)},
    ]
    for change in hostile:
        question = asked(world, email)
        answer = finish(world, question["challenge"], passkey={**right, "response": {**response, **change}})
        assert (answer.status_code, answer.json["code"]) == (401, "second_factor_wrong"), change
    for cbor in (b"\xff", b"\x9b" + b"\xff" * 8, b"\x5b\x7f" + b"\xff" * 7, b"\xa1\x61\x61" * 3_000, bytes(100)):
        options = person.http.post("/v1/me/passkeys/options").json["public_key"]
        made = Authenticator().create(options)
        made["response"]["attestationObject"] = encoded(cbor)
        assert person.http.post("/v1/me/passkeys", json={"credential": made}).status_code == 403, cbor[:10]


def test_the_origins_are_the_domain_the_web_apps_and_the_android_apps(settings: Settings) -> None:
    android = "android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk"
    set_up = replace(settings, web_origins=("https://app.clinic.example",), passkey_app_origins=(android,))
    party = load_relying_party(set_up)
    assert party is not None
    assert set(party.origins) == {"https://clinic.example", "https://app.clinic.example", android}


@pytest.fixture
def without_domain(settings: Settings) -> Iterator[Flask]:
    made = create_app(replace(settings, passkey_domain=""))
    yield made
    made.extensions["hep_database"].engine.dispose()


def test_without_a_domain_there_are_no_passkeys_and_the_doors_say_so(without_domain: Flask, person: Person) -> None:
    world = World(without_domain)
    device, added = add_passkey(person)
    here = world.sign_in(person)
    world.step_up(here)
    for door in ("/v1/me/passkeys/options", "/v1/me/step-up/passkey-options"):
        refused = here.http.post(door)
        assert (refused.status_code, refused.json["code"]) == (409, "passkeys_off")
    options = {"rpId": "clinic.example", "challenge": "AAAA"}
    refused = here.http.post("/v1/me/step-up", json={"passkey": device.get(options)})
    assert refused.json["code"] == "passkeys_off"
    assert here.http.get("/v1/me/second-factors").json["passkeys_possible"] is False
    # What is there still guards the account.
    question = asked(world, give_password(world, here))
    assert (question["methods"], question["passkey"]) == (["recovery_code"], None)
    entered = finish(world, question["challenge"], recovery_code=added["recovery_codes"][0])
    assert entered.status_code == 201
