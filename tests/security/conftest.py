"""Answers of every kind, each asked for once."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from alembic import command
from flask import Flask
from werkzeug.test import TestResponse

from hep_api.commands import migrations_config
from hep_api.foundation import clock
from hep_api.foundation.files.links import links
from hep_api.foundation.files.store import files
from hep_api.foundation.settings import Settings
from tests import servers
from tests.world import World

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(app: Flask) -> Ask:
    """Ask without the contract's eye: also for what no contract speaks of."""

    def asking(method: str, path: str, token: str | None = None, **options: object) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})  # type: ignore[call-overload]
        with app.test_client().open(path, method=method, headers=headers, **options) as answer:  # type: ignore[arg-type]
            answer.get_data()
            return answer

    return asking


@pytest.fixture
def answers(ask: Ask, app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, TestResponse]:
    """Return an answer of every kind that the product gives, by what it is."""
    owner = world.owner(world.clinic())
    clinic = ask("GET", "/v1/clinic", owner.token)
    tag = clinic.headers["ETag"]
    large, json = b" " * 3_000_000, "application/json"
    socket = "/socket.io/?EIO=4&transport="
    found = {
        "200 json": clinic,
        "200 head": ask("HEAD", "/v1/clinic", owner.token),
        "200 options": ask("OPTIONS", "/v1/clinic"),
        "200 open": ask("GET", "/healthz"),
        "200 page": ask("GET", "/docs"),
        "200 script": ask("GET", "/docs/start.js"),
        "200 style": ask("GET", "/docs/swagger-ui.css"),
        "200 contract": ask("GET", "/openapi.yaml"),
        "200 file": ask("GET", _link_to_file(app)),
        "304": ask("GET", "/v1/clinic", owner.token, headers={"If-None-Match": tag}),
        "400 json": ask("PATCH", "/v1/clinic", owner.token, data=b"{", content_type=json, headers={"If-Match": tag}),
        "401": ask("GET", "/v1/clinic"),
        "401 forged": ask("GET", "/v1/clinic", "a.b.c"),
        "403": ask("POST", "/v1/patients", world.patient(world.practitioner(owner.clinic_id)).token),
        "404 route": ask("GET", "/v1/nothing"),
        "404 row": ask("GET", f"/v1/patients/{owner.member_id}", owner.token),
        "405": ask("PUT", "/v1/clinic"),
        "412": ask("PATCH", "/v1/clinic", owner.token, json={}, headers={"If-Match": '"x"'}),
        "413": ask("PATCH", "/v1/clinic", owner.token, data=large, content_type=json),
        "415": ask("PATCH", "/v1/clinic", owner.token, data=b"{}", headers={"If-Match": tag}),
        "422": ask("GET", "/v1/patients?unheard_of=1", owner.token),
        "428": ask("PATCH", "/v1/clinic", owner.token, json={}),
        "400 socket": ask("GET", f"{socket}polling"),
        "403 socket": ask("GET", f"{socket}websocket", headers={"Origin": "https://evil.example"}),
        "405 socket": ask("POST", f"{socket}websocket"),
        "426 socket": ask("GET", f"{socket}websocket"),
        "204": ask("DELETE", "/v1/sign-ins/current", world.sign_in(owner).token),
    }
    with monkeypatch.context() as patched:
        patched.setitem(app.view_functions, "health.say_alive", _fail)
        found["500"] = ask("GET", "/healthz")
    for name, answer in found.items():
        assert answer.status_code == int(name[:3]), (name, answer.text)
    return found


def _link_to_file(app: Flask) -> str:
    with app.app_context():
        files().put("security/answer.zip", b"whatever")
        return links().make("security/answer.zip", "answer.zip", clock.now()).url


def _fail() -> None:
    raise ValueError


@pytest.fixture
def own_database(settings: Settings) -> Iterator[Settings]:
    """Settings with a database that no other test sees."""
    with servers.migrated_database(lambda url: command.upgrade(migrations_config(url), "head")) as url:
        yield replace(settings, database_url=url)
