"""For tests of jobs: a database of their own, so that no other test's job is among theirs."""

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import select, text, update

from hep_api.commands import migrations_config
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs import queue
from hep_api.foundation.jobs.models import Job
from hep_api.foundation.logs import configure_logs
from hep_api.foundation.settings import Settings
from tests import servers
from tests.everything import everything, keep_connected
from tests.foundation import jobs_app
from tests.foundation.probe_app import make_probe_app, probe
from tests.world import World


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Return what was logged so far."""
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", io.StringIO())
        configure_logs("test")
        yield sys.stderr.getvalue  # type: ignore[attr-defined]
    configure_logs("test")


@pytest.fixture(scope="module")
def own_settings(settings: Settings) -> Iterator[Settings]:
    with servers.migrated_database(lambda url: command.upgrade(migrations_config(url), "head")) as url:
        yield replace(settings, database_url=url)


@pytest.fixture(scope="module")
def module_app(own_settings: Settings) -> Iterator[Flask]:
    app = jobs_app.make_jobs_app(own_settings)
    with keep_connected(app):
        with everything(app) as session:
            jobs_app.make_effects(session)
        yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def jobs(module_app: Flask) -> Iterator["Jobs"]:
    """An empty table of jobs, and the app's context to run them in."""
    with everything(module_app) as session:
        session.execute(text("TRUNCATE job, effect"))
    with module_app.app_context():
        yield Jobs()


class Jobs:
    """Adds jobs and looks at what became of them, each time in a transaction of its own."""

    def add(self, kind: str, word: str = jobs_app.NOTHING, **options: Any) -> UUID:
        payload = {"word": word, **options.pop("payload", {})}
        with transaction() as session:
            return queue.enqueue(session, kind, payload, **({"now": datetime.now(UTC)} | options))

    def one(self, identifier: UUID) -> Job:
        with transaction() as session:
            return session.scalars(select(Job).where(Job.id == identifier)).one()

    def all(self) -> list[Job]:
        with transaction() as session:
            return list(session.scalars(select(Job).order_by(Job.created_at)))

    def change(self, identifier: UUID, **values: Any) -> None:
        with transaction() as session:
            session.execute(update(Job).where(Job.id == identifier).values(values))

    def effects(self) -> list[str]:
        with transaction() as session:
            return jobs_app.effects(session)


@pytest.fixture(scope="module")
def probe_app(own_settings: Settings) -> Iterator[Flask]:
    """The app with doors that only tests know."""
    app = make_probe_app(own_settings)
    with keep_connected(app):
        yield app
    app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def probing(probe_app: Flask) -> World:
    """People at the probe's doors."""
    probe.told, probe.attempts = [], 0
    return World(probe_app)
