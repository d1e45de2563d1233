"""Browsers subscribe for our key, with push services that are known, and are devices like phones from then on."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from development.push_service.web_push import Browser
from hep_api.app import create_app
from hep_api.foundation.settings import Settings, SettingsError
from hep_api.notifications.delivery import endpoints
from hep_api.notifications.delivery.vapid import load_browsers
from tests.notifications.phones import DEVICES, addresses, an_endpoint
from tests.notifications.phones import PUSH_SERVICE as HOST
from tests.world import Person, World


@pytest.fixture(scope="module")
def key_file(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key as the command line makes it."""
    file = tmp_path_factory.mktemp("web-push") / "web-push.pem"
    made = app.test_cli_runner().invoke(args=["push", "make-web-key", str(file)])
    assert made.exit_code == 0, made.output
    return file


@pytest.fixture(scope="module")
def serving(settings: Settings, key_file: Path) -> Settings:
    """Settings of an installation that pushes to browsers."""
    return replace(settings, web_push_key_file=str(key_file), web_push_contact="mailto:it@clinic.example")


@pytest.fixture(scope="module")
def own_app(serving: Settings) -> Iterator[Flask]:
    app = create_app(serving)
    yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def there(own_app: Flask) -> World:
    """A world in which browsers are pushed to."""
    return World(own_app)


@pytest.fixture
def patient(there: World) -> Person:
    return there.patient(there.practitioner(there.clinic()))


def subscription(browser: Browser, endpoint: str | None = None, **more: Any) -> dict[str, Any]:
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    return {"kind": "web_push", "value": endpoint or an_endpoint(), "keys": keys, "platform": "web", **more}


def test_the_command_line_makes_a_key_once_that_only_its_owner_reads(app: Flask, key_file: Path, there: World) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_bytes()
    again = app.test_cli_runner().invoke(args=["push", "make-web-key", str(key_file)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    nowhere = app.test_cli_runner().invoke(args=["push", "make-web-key", str(key_file / "x" / "y")])
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)
    assert key_file.read_bytes() == before

    shown = there.owner(there.clinic()).http.get("/v1/push/web-key").json["public_key"]
    browsers = load_browsers(there.app.extensions["hep_settings"])
    assert browsers
    assert shown == browsers.public_key == endpoints.public_key(shown)
    assert before.decode() not in str(browsers)
    assert there.anyone().get("/v1/push/web-key").status_code == 401


def test_without_a_key_browsers_are_not_served(world: World) -> None:
    person = world.owner(world.clinic())
    assert person.http.get("/v1/push/web-key").json == {"public_key": None}
    refused = person.http.post(DEVICES, json=subscription(Browser()))
    assert (refused.status_code, refused.json["code"]) == (409, "web_push_not_configured")


def test_settings_that_cannot_work_are_named_at_the_start(serving: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("no key")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"web_push_key_file": str(tmp_path / "missing.pem")}, "HEP_WEB_PUSH_KEY_FILE cannot be read"),
        ({"web_push_key_file": str(other)}, "HEP_WEB_PUSH_KEY_FILE cannot be read"),
        ({"web_push_contact": ""}, "HEP_WEB_PUSH_CONTACT"),
        ({"web_push_contact": "it@clinic.example"}, "HEP_WEB_PUSH_CONTACT"),
        ({"web_push_hosts": ("*",)}, "HEP_WEB_PUSH_HOSTS"),
        ({"web_push_hosts": ("https://push.example",)}, "HEP_WEB_PUSH_HOSTS"),
        ({"web_push_hosts": ("127.0.0.1",)}, "HEP_WEB_PUSH_HOSTS"),
    ]
    for change, named in wrong:
        with pytest.raises(SettingsError, match=named):
            load_browsers(replace(serving, **change))
    assert "key=" not in repr(load_browsers(serving))


def test_a_subscription_is_registered_and_renewed_like_a_phone(there: World, patient: Person) -> None:
    browser, endpoint = Browser(), an_endpoint()
    first = patient.http.post(DEVICES, json=subscription(browser, endpoint, language="de"))
    assert (first.status_code, first.json["kind"], first.json["platform"]) == (201, "web_push", "web")
    # With padding, as some libraries write it.
    padded = subscription(browser, endpoint)
    padded["keys"] = {name: key + "=" * (-len(key) % 4) for name, key in padded["keys"].items()}
    assert patient.http.post(DEVICES, json=padded).json["id"] == first.json["id"]
    [one] = addresses(there, patient)
    assert (one.value, one.p256dh, one.auth) == (endpoint, browser.p256dh, browser.auth)
    assert browser.auth not in repr(one)

    renewed, path = subscription(Browser(), an_endpoint("wns2-par02p.notify.windows.com")), f"{DEVICES}/{one.device_id}"
    changes = {name: renewed[name] for name in ("value", "keys")}
    assert patient.http.patch(path, json={"value": renewed["value"]}).json["errors"][0]["field"] == "/keys"
    assert patient.http.patch(path, json=changes).status_code == 200
    assert [each.value for each in addresses(there, patient)] == [renewed["value"]]
    # The app instead of the browser: the keys go with the subscription.
    token = patient.http.patch(path, json={"kind": "fcm_token", "value": f"t:{uuid4()}"})
    assert (token.status_code, [each.p256dh for each in addresses(there, patient)]) == (200, [None])


@pytest.mark.parametrize(
    "endpoint",
    [
        f"http://{HOST}/x",
        f"https://{HOST}:8443/x",
        f"https://{HOST}",
        f"https://{HOST}/",
        f"https://{HOST}@evil.example/x",
        f"https://evil.example/{HOST}",
        f"https://evil.example#{HOST}/x",
        f"https://evil.example\\@{HOST}/x",
        f"https://{HOST}\\.evil.example/x",
        f"https://{HOST}.evil.example/x",
        f"https://{HOST}./x",
        f"https://evil{HOST}/x",
        f"https://{HOST}/x#y",
        f"https://{HOST}/x y",
        f"https://{HOST}/x\r\nHost: evil.example",
        f"https://{HOST.upper()}/x",
        f"https://{HOST}/" + "x" * 2048,
        "https://notify.windows.com/x",
        "https://evilnotify.windows.com/x",
        f"https://{'x' * 64}.notify.windows.com/x",
        f"https://{'x' * 60}.{'x' * 60}.{'x' * 60}.{'x' * 60}.notify.windows.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://localhost/x",
        "https://metadata.google.internal/x",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "https:fcm.googleapis.com/x",
        "https://fcm。googleapis.com/x",
    ],
)
def test_an_address_that_is_no_known_push_services_is_refused(patient: Person, endpoint: str) -> None:
    """Nobody makes our workers call other hosts, by whatever a parser of addresses may be made to believe."""
    refused = patient.http.post(DEVICES, json=subscription(Browser(), endpoint))
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "/value")


def test_keys_that_nothing_can_be_sealed_for_are_refused(there: World, patient: Person) -> None:
    good = subscription(Browser())
    off_the_curve = endpoints.encoded(b"\x04" + b"\x01" * 64)
    compressed = endpoints.encoded(b"\x02" + b"\x01" * 32)
    for wrong in (off_the_curve, compressed, "", "x", "!" * 87, "A" * 88, good["keys"]["p256dh"][:-1] + "é"):
        body = {**good, "keys": {**good["keys"], "p256dh": wrong}}
        assert patient.http.post(DEVICES, json=body).status_code == 422, wrong
    for wrong in ("", "AAAA", "A" * 23, "A" * 40, "a b"):
        body = {**good, "keys": {**good["keys"], "auth": wrong}}
        assert patient.http.post(DEVICES, json=body).status_code == 422, wrong
    for keys in (None, {}, {"auth": "x"}):
        assert patient.http.post(DEVICES, json={**good, "keys": keys}).status_code == 422
    assert patient.http.post(DEVICES, json=good).status_code == 201
    assert len(addresses(there, patient)) == 1
