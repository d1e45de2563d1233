"""People with second factors, set up through the public doors."""

from typing import Any

import pyotp
from werkzeug.test import TestResponse

from hep_api.foundation import clock
from tests.authenticator import Authenticator
from tests.world import Person, Phone, World

PASSWORD = "seven small stones"
HALF_MINUTE = 30


class App:
    """An authenticator app, which shows a code for each half minute."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, half_minutes: int = 0) -> str:
        """Return the code of now, or of so many half minutes later."""
        return pyotp.TOTP(self.secret).at(clock.now().timestamp() + half_minutes * HALF_MINUTE)


def begin_totp(phone: Phone) -> App:
    offered = phone.post("/v1/me/second-factors/totp")
    assert offered.status_code == 201, offered.json
    return App(offered.json["secret"])


def confirm_totp(phone: Phone, code: str) -> TestResponse:
    return phone.post("/v1/me/second-factors/totp/confirmation", json={"totp_code": code})


def add_totp(person: Person) -> tuple[App, list[str]]:
    """Set an authenticator app up; it was confirmed by the code before that of now, which is good still."""
    app = begin_totp(person.http)
    added = confirm_totp(person.http, app.code(-1))
    assert added.status_code == 200, added.json
    return app, added.json["recovery_codes"]


def add_passkey(person: Person, **bent: Any) -> tuple[Authenticator, dict[str, Any]]:
    """Register a passkey and return the device with it, and the answer."""
    device = Authenticator(**bent)
    added = register(person.http, device)
    assert added.status_code == 201, added.json
    return device, added.json


def register(phone: Phone, device: Authenticator, **more: Any) -> TestResponse:
    options = phone.post("/v1/me/passkeys/options").json["public_key"]
    return phone.post("/v1/me/passkeys", json={"credential": device.create(options), **more})


def give_password(world: World, person: Person) -> str:
    return world.give_password(person, PASSWORD)


def sign_in(world: World, email: str, **more: Any) -> TestResponse:
    return world.anyone().post("/v1/sign-ins", json={"email": email, "password": PASSWORD, **more})


def asked(world: World, email: str, **more: Any) -> dict[str, Any]:
    """Sign in as far as the question for the second factor."""
    answer = sign_in(world, email, **more)
    assert (answer.status_code, answer.json["code"]) == (401, "second_factor_needed"), answer.json
    question: dict[str, Any] = answer.json
    return question


def finish(world: World, challenge: str, **shown: Any) -> TestResponse:
    return world.anyone().post("/v1/sign-ins/second-factor", json={"challenge": challenge, **shown})


def phone_of(world: World, entered: dict[str, Any]) -> Phone:
    phone = world.anyone()
    phone.token = entered["access_token"]
    return phone
