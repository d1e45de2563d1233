"""Who comes too often is told so and when to come again: before the body is read and before the database is asked."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import flask_limiter
import pytest
from flask import Flask

from hep_api.accounts.viewer import EVERYONE
from hep_api.app import create_app
from hep_api.foundation.errors import Problem
from hep_api.foundation.limits import memory
from hep_api.foundation.limits.counters import Counters
from hep_api.foundation.limits.memory import Memory
from hep_api.foundation.limits.rates import HANDSHAKES
from hep_api.foundation.realtime.packets import HOME, Kind, Packet
from hep_api.foundation.settings import Settings
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns, signed_in
from hep_api.foundation.web.pacing import limited
from hep_api.foundation.web.schemas import Out
from tests.accounts.test_signing_in import CountingHasher
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall
from tests.world import World

HERE, THERE = "203.0.113.7", "198.51.100.20"
HOUR = 3600


class NothingOut(Out):
    pass


def make_app(settings: Settings, **change: Any) -> Flask:
    """Make the app with limits that are soon reached, and two doors with limits of their own."""
    chosen = {"limits_enabled": True, "requests_per_minute": 5, "open_requests_per_minute": 3, **change}
    app = create_app(replace(settings, **chosen))
    routes = Routes("limited", "Doors that only tests know.", prefix="/v1/limited")

    @routes.post("/own")
    @signed_in(*EVERYONE)
    @limited(2, HOUR)
    @returns(NothingOut)
    def do_rarely() -> dict[str, Any]:
        """Do what may be done twice an hour."""
        return {}

    @routes.post("/open")
    @open_to_anyone("It exists in tests only.")
    @limited(1, HOUR)
    @returns(NothingOut)
    def ask_rarely() -> dict[str, Any]:
        """Ask what may be asked once an hour."""
        return {}

    app.extensions["hep_openapi"].register_blueprint(routes)
    return app


@pytest.fixture(scope="module")
def limited_app(settings: Settings) -> Iterator[Flask]:
    app = make_app(settings)
    yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def town(limited_app: Flask) -> World:
    """People at an app that nobody has asked anything of."""
    counters(limited_app).reset()
    return World(limited_app)


def counters(app: Flask) -> Counters:
    found: Counters = app.extensions["hep_limits"].counters
    return found


def statements_of(app: Flask) -> StatementCounter:
    return StatementCounter(app.extensions["hep_database"].engine, engine_above_the_wall(app))


def refused(answer: Any, seconds: int = 60) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert 0 < int(answer.headers["Retry-After"]) <= seconds
    return True


def sign_in(town: World, address: str = HERE, email: str = "nobody@example.org") -> Any:
    body = {"email": email, "password": "seven small stones"}
    return town.anyone().post("/v1/sign-ins", json=body, environ_base={"REMOTE_ADDR": address})


class Unreadable(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise AssertionError("the body was read")


def unreadable_body() -> dict[str, Any]:
    sent = {"wsgi.input": Unreadable(), "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "100"}
    return {"environ_overrides": {**sent, "REMOTE_ADDR": HERE}}


def test_a_sign_in_that_asks_too_often_is_refused_and_no_other_is(town: World) -> None:
    one = town.owner(town.clinic())
    other = town.sign_in(one)
    answers = [one.http.get("/v1/me") for _ in range(7)]

    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert all(refused(answer) for answer in answers[5:])
    assert refused(one.http.get("/v1/patients"))
    assert other.http.get("/v1/me").status_code == 200


def test_a_refusal_costs_neither_a_statement_nor_a_body(town: World) -> None:
    owner = town.owner(town.clinic())
    answers = [owner.http.post("/v1/patients", **unreadable_body()) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {500}
    with statements_of(town.app)() as seen:
        assert refused(owner.http.post("/v1/patients", **unreadable_body()))

    assert len(seen) == 0


def test_a_refused_try_to_sign_in_costs_no_hash_no_statement_and_no_body(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = CountingHasher()
    monkeypatch.setitem(town.app.extensions, "hep_passwords", type(town.app.extensions["hep_passwords"])(hasher, 1))
    assert [sign_in(town).status_code for _ in range(3)] == [401] * 3
    assert hasher.did == ["verify"] * 3
    with statements_of(town.app)() as seen:
        assert refused(town.anyone().post("/v1/sign-ins", **unreadable_body()))

    assert (hasher.did, len(seen)) == (["verify"] * 3, 0)
    assert sign_in(town, THERE).status_code == 401


def test_each_open_door_counts_by_itself_and_programs_may_more(town: World) -> None:
    assert refused([sign_in(town) for _ in range(4)][-1])

    anyone = town.anyone()
    answers = [anyone.get("/readyz", environ_base={"REMOTE_ADDR": HERE}) for _ in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert refused(answers[30])
    assert anyone.get("/healthz", environ_base={"REMOTE_ADDR": HERE}).status_code == 200


def test_bad_tokens_are_counted_by_address_and_good_ones_pass_beside_them(town: World) -> None:
    owner = town.owner(town.clinic())
    answers = [
        town.anyone().get("/v1/me", headers=headers, environ_base={"REMOTE_ADDR": HERE})
        for headers in [{"Authorization": "Bearer x.y.z"}, {}] * 8
    ]

    assert [answer.status_code for answer in answers[:15]] == [401] * 15
    assert refused(answers[15])
    assert owner.http.get("/v1/me", environ_base={"REMOTE_ADDR": HERE}).status_code == 200
    assert town.anyone().get("/v1/me", environ_base={"REMOTE_ADDR": THERE}).status_code == 401


def test_an_expired_token_is_no_bad_one(town: World) -> None:
    owner = town.owner(town.clinic())
    expired = town.app.extensions["hep_tokens"].issue(
        owner.account_id, owner.sign_in_id, datetime.now(UTC) - timedelta(hours=1)
    )
    headers = {"Authorization": f"Bearer {expired}"}
    answers = [town.anyone().get("/v1/me", headers=headers) for _ in range(20)]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(401, "token_expired")}
    assert town.anyone().get("/v1/me").status_code == 401


def test_when_the_time_has_passed_everything_begins_anew(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = town.owner(town.clinic())
    assert refused([owner.http.get("/v1/me") for _ in range(6)][-1])
    now = memory.monotonic()
    monkeypatch.setattr(memory, "monotonic", lambda: now + 61)

    assert owner.http.get("/v1/me").status_code == 200


def test_a_door_with_a_limit_of_its_own_counts_the_account_on_all_its_devices(town: World) -> None:
    one = town.owner(town.clinic())
    other = town.sign_in(one)
    assert one.http.post("/v1/limited/own").status_code == 200
    assert other.http.post("/v1/limited/own").status_code == 200

    assert refused(one.http.post("/v1/limited/own"), HOUR)
    assert refused(other.http.post("/v1/limited/own"), HOUR)
    assert town.owner(one.clinic_id).http.post("/v1/limited/own").status_code == 200


def test_an_open_door_with_a_limit_of_its_own_counts_the_address(town: World) -> None:
    here, there = ({"environ_base": {"REMOTE_ADDR": address}} for address in (HERE, THERE))
    assert town.anyone().post("/v1/limited/open", **here).status_code == 200

    assert refused(town.anyone().post("/v1/limited/open", **here), HOUR)
    assert town.anyone().post("/v1/limited/open", **there).status_code == 200


def test_addresses_of_one_ipv6_customer_are_one(town: World) -> None:
    addresses = [f"2001:db8:1:2::{number}" for number in range(1, 5)]

    assert [sign_in(town, address).status_code for address in addresses] == [401, 401, 401, 429]
    assert sign_in(town, "2001:db8:1:3::1").status_code == 401
    assert sign_in(town, f"::ffff:{HERE}").status_code == 401
    assert [sign_in(town, HERE).status_code for _ in range(3)] == [401, 401, 429]


def test_new_connections_are_counted_by_address(town: World) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "12",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    path, here = "/socket.io/?EIO=4&transport=websocket", {"REMOTE_ADDR": HERE}
    # One that is refused for what it is does not count, so that a foreign page uses nothing up.
    wrong = [town.anyone().get(path, headers=handshake, environ_base=here) for _ in range(40)]
    assert {answer.status_code for answer in wrong} == {426}
    # A right one cannot be answered here, where there is no socket; it would be the thirty-first.
    for _ in range(30):
        town.app.extensions["hep_limits"].spend(HANDSHAKES, HERE)
    right = {**handshake, "Sec-WebSocket-Version": "13"}
    assert refused(town.anyone().get(path, headers=right, environ_base=here))


def introduced(town: World, token: str, address: str = HERE) -> int:
    """Show a token on a new connection and return the status of what is answered, 200 for being let in."""
    gateway, line = town.app.extensions["hep_realtime"], str(uuid4())
    gateway.attendance.opened(line, address)
    packet = Packet(Kind.CONNECT, HOME, None, json.dumps({"token": token}))
    told = gateway.switchboard.introduce(line, packet, lambda _: False)
    return told.status if isinstance(told, Problem) else 200


def test_connections_count_bad_tokens_by_address_as_requests_do(town: World) -> None:
    owner = town.owner(town.clinic())
    assert [introduced(town, "x.y.z") for _ in range(16)] == [401] * 15 + [429]

    assert refused(town.anyone().get("/v1/me", environ_base={"REMOTE_ADDR": HERE}))
    assert introduced(town, "x.y.z", THERE) == 401
    assert introduced(town, owner.token) == 200


def test_connections_of_one_sign_in_count_among_its_requests(town: World) -> None:
    owner = town.owner(town.clinic())

    assert [introduced(town, owner.token) for _ in range(6)] == [200] * 5 + [429]
    assert refused(owner.http.get("/v1/me"))
    assert introduced(town, town.sign_in(owner).token) == 200


def test_limits_that_are_off_refuse_nobody(settings: Settings) -> None:
    app = make_app(settings, limits_enabled=False)
    town = World(app)
    owner = town.owner(town.clinic())

    assert {owner.http.get("/v1/me").status_code for _ in range(10)} == {200}
    assert {sign_in(town).status_code for _ in range(10)} == {401}
    app.extensions["hep_database"].engine.dispose()


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    kept = Memory()
    for number in range(memory.MOST_KEYS + 1):
        kept.incr(f"key {number}", 60)

    assert len(kept._counts) <= memory.MOST_KEYS
    assert kept.get("key 0") == 0
    assert kept.get(f"key {memory.MOST_KEYS}") == 1


def test_memory_drops_what_has_ended_before_it_forgets_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Memory()
    kept.incr("long", 1000)
    for number in range(memory.FEW_KEYS - 1):
        kept.incr(f"short {number}", 1)
    now = memory.monotonic()
    monkeypatch.setattr(memory, "monotonic", lambda: now + 2)
    kept.incr("new", 60)

    assert set(kept._counts) == {"long", "new"}
    assert (kept.get("long"), kept.get("short 1")) == (1, 0)


def test_what_we_use_of_flask_limiter_without_a_public_name_is_there() -> None:
    limiter = flask_limiter.Limiter(
        lambda: "", app=Flask("bare"), storage_uri="memory://", in_memory_fallback_enabled=True
    )

    assert limiter._storage_dead is False
    assert limiter.limiter is not limiter._fallback_limiter
    limiter._storage_dead = True
    assert limiter.limiter is limiter._fallback_limiter
    assert callable(limiter._check_request_limit)
