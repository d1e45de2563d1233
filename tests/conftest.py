"""What every door test stands on: a migrated PostgreSQL of its own per worker, the app, and worlds to play in.

Tests commit for real and never clean up: each makes clinics of its own, and clinics cannot see each other.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.accounts.keys import create_key
from hep_api.app import create_app
from hep_api.commands import migrations_config
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.settings import Settings
from tests import servers
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall, everything, keep_connected
from tests.world import World

if TYPE_CHECKING:
    from tests.integrations.browsing import Browsing

# The app of this worker, once a test has asked for it.
MADE = pytest.StashKey[Flask]()


def pytest_configure(config: pytest.Config) -> None:
    servers.open_run(config)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """URL of this worker's migrated database."""
    with servers.migrated_database(_migrate) as url:
        yield url


def _migrate(url: str) -> None:
    command.upgrade(migrations_config(url), "head")


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as in production, with cheap password hashes."""
    keys = tmp_path_factory.mktemp("keys")
    create_key(keys, datetime.now(UTC))
    return Settings(
        database_url=database_url,
        token_keys_folder=keys,
        mail_folder=tmp_path_factory.mktemp("mail"),
        files_folder=tmp_path_factory.mktemp("files"),
        password_hash_memory_kib=64,
        password_hash_passes=1,
        limits_enabled=False,
        passkey_domain="clinic.example",
    )


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """The whole app."""
    made = request.config.stash[MADE] = create_app(settings)
    with keep_connected(made):
        yield made
    made.extensions["hep_database"].engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def no_jobs_of_others(request: pytest.FixtureRequest) -> None:
    """Leave the jobs of other files' clinics undone: whoever runs what is due would run hundreds of them first."""
    if made := request.config.stash.get(MADE, None):
        with everything(made) as opened:
            opened.execute(delete(Job))


@pytest.fixture
def world(app: Flask) -> World:
    """Make clinics, people and signed-in clients."""
    return World(app)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Look at, or arrange, rows of any clinic directly; committed at the end of the test."""
    with everything(app) as opened:
        yield opened


@pytest.fixture(scope="session")
def browsing() -> "Iterator[Browsing]":
    """A real browser, started once and only for tests that need it."""
    # Playwright takes its time, and most workers never need it.
    from tests.integrations.browsing import opened

    with opened() as browsing:
        yield browsing


@pytest.fixture
def statements(app: Flask) -> StatementCounter:
    """Count the SQL statements of a block: `with statements() as seen: ...; assert len(seen) == 3`."""
    return StatementCounter(app.extensions["hep_database"].engine, engine_above_the_wall(app))
