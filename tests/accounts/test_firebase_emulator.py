"""The same doors against the Firebase Auth emulator: `make emulator`. Not part of the suite, as it installs 270 MB."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask

from development import firebase as emulators
from development.firebase import PROJECT, Emulator
from hep_api.app import create_app
from hep_api.foundation.settings import Settings, SettingsError
from tests.accounts.test_firebase import refused, sign_in
from tests.google import Google
from tests.world import Person, World

pytestmark = pytest.mark.skipif(
    os.environ.get("HEP_FIREBASE_EMULATOR") != "1", reason="`make emulator` runs it; it installs 270 MB from npm"
)

VARIABLE = "FIREBASE_AUTH_EMULATOR_HOST"
AS_ADMINISTRATOR = {"Authorization": "Bearer owner"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    running = emulators.start()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, running.address)
        yield running
    running.stop()


@pytest.fixture(scope="module")
def developing(settings: Settings, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app in development, asking the emulator about each account."""
    key_file = Google().key_file(tmp_path_factory.mktemp("key"))
    chosen = {"environment": "development", "firebase_project_id": PROJECT, "firebase_credentials_file": key_file}
    app = create_app(replace(settings, **chosen))
    yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def town(developing: Flask) -> World:
    return World(developing)


@pytest.fixture
def account(emulator: Emulator) -> dict[str, Any]:
    """A Firebase account as the phone gets it when somebody signs up: its uid and an ID token."""
    body = {"email": f"{uuid4()}@example.org", "password": "seven small stones", "returnSecureToken": True}
    return ask(emulator, "accounts:signUp?key=any", body)


@pytest.fixture
def linked(town: World, account: dict[str, Any]) -> Person:
    owner = town.step_up(town.owner(town.clinic()))
    assert owner.http.put("/v1/me/firebase", json={"id_token": account["idToken"]}).status_code == 200
    return owner


def ask(emulator: Emulator, method: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    url = f"http://{emulator.address}/identitytoolkit.googleapis.com/v1/{method}"
    answer = requests.post(url, json=body, timeout=10, **options)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def change(emulator: Emulator, account: dict[str, Any], **what: Any) -> None:
    body = {"localId": account["localId"], **what}
    ask(emulator, f"projects/{PROJECT}/accounts:update", body, headers=AS_ADMINISTRATOR)


def test_an_account_of_the_emulator_is_linked_and_signs_in(
    town: World, account: dict[str, Any], linked: Person
) -> None:
    answer = sign_in(town, account["idToken"])

    assert answer.status_code == 201
    assert answer.json["member"]["id"] == str(linked.member_id)


def test_an_account_that_signs_in_anew_is_the_same(
    town: World, emulator: Emulator, account: dict[str, Any], linked: Person
) -> None:
    body = {"email": account["email"], "password": "seven small stones", "returnSecureToken": True}
    again = ask(emulator, "accounts:signInWithPassword?key=any", body)

    assert sign_in(town, again["idToken"]).json["member"]["id"] == str(linked.member_id)


def test_another_account_signs_nobody_in(town: World, emulator: Emulator, linked: Person) -> None:
    body = {"email": f"{uuid4()}@example.org", "password": "seven small stones", "returnSecureToken": True}
    stranger = ask(emulator, "accounts:signUp?key=any", body)

    assert sign_in(town, stranger["idToken"]).json["code"] == "firebase_not_linked"


def test_a_disabled_account_does_not_come_in(
    town: World, emulator: Emulator, account: dict[str, Any], linked: Person
) -> None:
    change(emulator, account, disableUser=True)
    assert refused(sign_in(town, account["idToken"]))
    change(emulator, account, disableUser=False)

    assert sign_in(town, account["idToken"]).status_code == 201


def test_a_token_that_was_revoked_does_not_come_in(
    town: World, emulator: Emulator, account: dict[str, Any], linked: Person
) -> None:
    assert sign_in(town, account["idToken"]).status_code == 201
    change(emulator, account, validSince="4000000000")

    assert refused(sign_in(town, account["idToken"]))


def test_an_account_that_was_deleted_does_not_come_in(
    town: World, emulator: Emulator, account: dict[str, Any], linked: Person
) -> None:
    body = {"localId": account["localId"]}
    ask(emulator, f"projects/{PROJECT}/accounts:delete", body, headers=AS_ADMINISTRATOR)

    assert refused(sign_in(town, account["idToken"]))


def test_what_is_no_token_of_the_project_is_refused(
    settings: Settings, emulator: Emulator, account: dict[str, Any], linked: Person, town: World
) -> None:
    other = create_app(replace(settings, environment="development", firebase_project_id="demo-other"))

    assert refused(sign_in(World(other), account["idToken"]))
    assert refused(sign_in(town, "x.y.z"))
    other.extensions["hep_database"].engine.dispose()


def test_no_server_but_one_in_development_believes_the_emulator(settings: Settings, emulator: Emulator) -> None:
    with pytest.raises(SettingsError, match=VARIABLE):
        create_app(replace(settings, firebase_project_id=PROJECT))
