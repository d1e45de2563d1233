"""With Redis several processes count together; without it each goes on by itself, and nobody notices but the log."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import redis
from flask import Flask

from development import valkey
from hep_api.app import create_app
from hep_api.foundation.limits import counters as counting
from hep_api.foundation.limits.counters import Counters
from hep_api.foundation.settings import Settings
from tests.world import Person, World

MOST = 4


@pytest.fixture
def server() -> Iterator[valkey.Valkey]:
    started = valkey.start()
    yield started
    started.stop()


@pytest.fixture
def processes(settings: Settings, server: valkey.Valkey) -> Iterator[list[Flask]]:
    """Two apps as two processes would have them, on one Redis."""
    chosen = replace(settings, limits_enabled=True, requests_per_minute=MOST, redis_url=server.url)
    apps = [create_app(chosen) for _ in range(2)]
    yield apps
    for app in apps:
        app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def somebody(processes: list[Flask]) -> Person:
    town = World(processes[0])
    return town.owner(town.clinic())


@contextmanager
def hanging(server: valkey.Valkey) -> Iterator[None]:
    """Let Redis take connections and answer nothing within the block."""
    with redis.Redis.from_url(server.url) as client:
        number = client.info("server")["process_id"]
    os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(number, signal.SIGCONT)


def counters(app: Flask) -> Counters:
    found: Counters = app.extensions["hep_limits"].counters
    return found


def asked(app: Flask, person: Person, times: int = 1) -> list[int]:
    phone = World(app).anyone()
    phone.token = person.token
    return [phone.get("/v1/me").status_code for _ in range(times)]


def test_two_processes_count_together(processes: list[Flask], somebody: Person) -> None:
    one, other = processes

    assert asked(one, somebody, 2) + asked(other, somebody, 2) == [200] * 4
    assert asked(one, somebody) == asked(other, somebody) == [429]


def test_when_redis_ends_everybody_is_served_and_still_counted(
    processes: list[Flask], somebody: Person, server: valkey.Valkey
) -> None:
    assert asked(processes[0], somebody, MOST) == [200] * MOST
    server.stop()

    for app in processes:
        assert asked(app, somebody, MOST + 1) == [200] * MOST + [429]
        assert counters(app).is_alone


def test_a_redis_that_hangs_holds_up_one_request_and_then_no_more(
    processes: list[Flask], somebody: Person, server: valkey.Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[Any] = []
    storage = counters(processes[0]).storage
    asking = storage.incr
    monkeypatch.setattr(storage, "incr", lambda *key, **more: (waited.append(key), asking(*key, **more))[1])
    assert asked(processes[0], somebody) == [200]
    with hanging(server):
        assert asked(processes[0], somebody, 3) == [200] * 3
        assert counters(processes[0]).is_alone
        assert len(waited) == 2


def test_redis_is_found_again(
    processes: list[Flask], somebody: Person, server: valkey.Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = processes
    with hanging(server):
        assert asked(one, somebody, MOST) == [200] * MOST
    assert asked(other, somebody, 2) == [200] * 2
    now = counting.monotonic()
    monkeypatch.setattr(counting, "monotonic", lambda: now + 60)

    # Both count in Redis again, where the first has asked nothing yet that was not counted in its own memory.
    assert asked(one, somebody, 1) == [200]
    assert not counters(one).is_alone
    assert asked(other, somebody, 2) == [200, 429]


def test_an_app_starts_while_redis_is_away(settings: Settings, tmp_path: Any) -> None:
    chosen = replace(settings, limits_enabled=True, requests_per_minute=MOST, redis_url=f"unix://{tmp_path}/nothing")
    app = create_app(chosen)
    town = World(app)

    assert asked(app, town.owner(town.clinic()), MOST + 1) == [200] * MOST + [429]
    app.extensions["hep_database"].engine.dispose()


def test_nothing_that_is_kept_in_redis_says_who_it_is_about(processes: list[Flask], somebody: Person) -> None:
    email = "somebody@example.org"
    World(processes[0]).anyone().post("/v1/sign-ins", json={"email": email, "password": "seven small stones"})
    assert asked(processes[0], somebody) == [200]
    kept = counters(processes[0]).storage.get_connection().keys()  # type: ignore[attr-defined]

    assert len(kept) >= 2
    for key in kept:
        assert key.startswith(b"hep-api:limits:")
        for said in (email, str(somebody.sign_in_id), "127.0.0.1"):
            assert said.encode() not in key
