"""While the database is away every door says so, with the time to try again; when it is back, all is well by itself."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from hep_api.app import create_app
from hep_api.foundation.metrics.troubles import DATABASE
from hep_api.foundation.settings import Settings
from tests.world import World


@pytest.fixture
def lonely(settings: Settings) -> Flask:
    """An app whose database cannot be reached."""
    return create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))


def test_a_door_without_its_database_answers_503(lonely: Flask, world: World) -> None:
    token = world.owner(world.clinic()).token
    answer = lonely.test_client().get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def test_a_pool_without_a_free_connection_answers_503(settings: Settings, world: World) -> None:
    crowded = create_app(replace(settings, database_pool_size=1))
    engine = crowded.extensions["hep_database"].engine
    engine.pool._timeout = 0.1
    counted = DATABASE.counts.get(("pool_exhausted",), 0)
    headers = {"Authorization": f"Bearer {world.owner(world.clinic()).token}"}
    with engine.connect():
        assert crowded.test_client().get("/v1/me", headers=headers).status_code == 503
    assert DATABASE.counts["pool_exhausted",] == counted + 1
    assert crowded.test_client().get("/v1/me", headers=headers).status_code == 200
    engine.dispose()


def test_a_door_recovers_by_itself_when_its_connections_were_cut(probing: World) -> None:
    owner = probing.owner(probing.clinic())
    for _ in range(3):
        assert owner.http.get("/v1/me").status_code == 200
    with probing.transaction() as session:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        for other in list(session.execute(text(others)).scalars()):
            session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": other})
    codes = [owner.http.get("/v1/me").status_code for _ in range(4)]
    assert set(codes) <= {200, 503}
    assert codes[-1] == 200


def test_a_statement_that_takes_too_long_is_ended(probing: World, own_settings: Settings) -> None:
    hasty = create_app(replace(own_settings, statement_timeout_ms=50, lock_timeout_ms=20))
    owner = probing.owner(probing.clinic())
    headers = {"Authorization": f"Bearer {owner.token}"}
    with probing.transaction() as session:
        session.execute(text("LOCK TABLE sign_in IN ACCESS EXCLUSIVE MODE"))
        assert hasty.test_client().get("/v1/me", headers=headers).status_code == 503
    assert hasty.test_client().get("/v1/me", headers=headers).status_code == 200
    hasty.extensions["hep_database"].engine.dispose()
