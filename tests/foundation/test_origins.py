"""The clinic's own web apps call from their own hosts; every other page's script reads nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hep_api.app import create_app
from hep_api.foundation.settings import Settings, SettingsError
from tests.contract.test_settings import NEEDED

OURS, OTHER_OURS = "https://app.clinic.example", "https://staff.clinic.example:8443"
FOREIGN = (
    "https://evil.example",
    "https://app.clinic.example.evil.example",
    "https://evil-app.clinic.example",
    "http://app.clinic.example",
    "https://app.clinic.example:444",
    "https://APP.clinic.example",
    "https://app.clinic.example/",
    "https://appXclinic.example",
    "null",
    "*",
)
ROUTES = ("/healthz", "/v1/clinic", "/v1/nothing", "/docs", "/openapi.yaml")


@pytest.fixture(scope="module")
def shared(settings: Settings) -> Iterator[Flask]:
    """The app with two web apps of its own."""
    app = create_app(replace(settings, web_origins=(OURS, OTHER_OURS)))
    yield app
    app.extensions["hep_database"].engine.dispose()


def ask(app: Flask, path: str, origin: str | None, method: str = "GET", **headers: str) -> TestResponse:
    origins = {} if origin is None else {"Origin": origin}
    with app.test_client().open(path, method=method, headers={**origins, **headers}) as answer:
        answer.get_data()
        return answer


def preflight(app: Flask, path: str, origin: str, method: str) -> TestResponse:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,if-match"}
    return ask(app, path, origin, "OPTIONS", **asked)


@pytest.mark.parametrize("origin", [OURS, OTHER_OURS])
@pytest.mark.parametrize("path", ROUTES)
def test_our_pages_may_read_every_answer_refusals_too(shared: Flask, path: str, origin: str) -> None:
    answer = ask(shared, path, origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    readable = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Date", "ETag", "Location", "Retry-After", "X-Request-Id"} <= set(readable)
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ROUTES)
def test_our_pages_may_ask_for_every_method(shared: Flask, path: str, method: str) -> None:
    answer = preflight(shared, path, OURS, method)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_is_told_nothing_whatever_it_looks_like(shared: Flask, origin: str) -> None:
    for answer in (ask(shared, "/healthz", origin), preflight(shared, "/v1/clinic", origin, "PUT")):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", [None, OURS, "https://evil.example"])
@pytest.mark.parametrize("path", ROUTES)
def test_a_cache_keeps_the_answers_of_origins_apart(shared: Flask, path: str, origin: str | None) -> None:
    assert "Origin" in ask(shared, path, origin).vary


def test_without_a_list_no_answer_speaks_of_origins(app: Flask) -> None:
    for answer in (ask(app, "/healthz", OURS), preflight(app, "/healthz", OURS, "GET")):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_what_guards_every_answer_guards_these_too(shared: Flask) -> None:
    for answer in (ask(shared, "/v1/clinic", OURS), preflight(shared, "/v1/clinic", OURS, "PUT")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "null",
        "https://*.clinic.example",
        "app.clinic.example",
        "https://app.clinic.example/",
        "https://app.clinic.example/page",
        "http://app.clinic.example",
        "https://App.clinic.example",
        f"{OURS},*",
    ],
)
def test_what_is_no_origin_of_ones_own_stops_the_start(origins: str) -> None:
    with pytest.raises(SettingsError, match="HEP_WEB_ORIGINS"):
        Settings.from_environment({**NEEDED, "HEP_WEB_ORIGINS": origins})


@pytest.mark.parametrize("origin", [OURS, OTHER_OURS, "http://localhost:5173", "capacitor://localhost"])
def test_web_apps_apps_in_a_web_view_and_a_developers_own_machine_are_origins(origin: str) -> None:
    assert Settings.from_environment({**NEEDED, "HEP_WEB_ORIGINS": origin}).web_origins == (origin,)
