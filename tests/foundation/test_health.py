"""Alive asks nothing; ready means a reachable database with tables of this version, and no stop under way."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from hep_api.app import create_app
from hep_api.foundation import health
from hep_api.foundation.settings import Settings
from tests import servers


@pytest.fixture
def own_app(settings: Settings, own_settings: Settings) -> Iterator[Flask]:
    """An app of the test's own, to be stopped or robbed of its tables."""
    made = create_app(own_settings)
    yield made
    made.extensions["hep_database"].engine.dispose()


def test_a_started_server_is_alive_and_ready(app: Flask) -> None:
    assert app.test_client().get("/healthz").get_json() == {"status": "alive"}
    assert app.test_client().get("/readyz").get_json() == {"status": "ready"}


def test_a_server_that_is_stopping_is_alive_and_not_ready(own_app: Flask) -> None:
    assert own_app.test_client().get("/readyz").status_code == 200
    health.begin_draining(own_app)
    answer = own_app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "not_ready"
    assert answer.headers["Retry-After"]
    assert own_app.test_client().get("/healthz").status_code == 200


def test_an_unreachable_database_is_alive_and_not_ready(settings: Settings) -> None:
    lonely = create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    answer = lonely.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert lonely.test_client().get("/healthz").status_code == 200


def test_empty_or_older_tables_are_not_ready_and_newer_ones_are(settings: Settings) -> None:
    with servers.new_database() as url:
        app = create_app(replace(settings, database_url=url))
        assert app.test_client().get("/readyz").status_code == 503
        for revision, expected in (("0001", 503), ("of tomorrow", 200)):
            _say_revision(url, revision)
            assert app.test_client().get("/readyz").status_code == expected
        app.extensions["hep_database"].engine.dispose()


def test_draining_is_seen_from_every_thread(own_app: Flask) -> None:
    other = threading.Thread(target=health.begin_draining, args=(own_app,))
    other.start()
    other.join()
    assert own_app.test_client().get("/readyz").status_code == 503


def _say_revision(url: str, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)"))
        connection.execute(text("GRANT SELECT ON alembic_version TO hep_app"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
    engine.dispose()
