"""What the tests of notifications stand on besides the app: Google's push service, on this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic import command
from flask import Flask

from development.push_service import server
from development.push_service.server import PushService
from hep_api.app import create_app
from hep_api.commands import migrations_config
from hep_api.foundation.settings import Settings
from hep_api.notifications.delivery.vapid import make_key
from tests import servers
from tests.everything import keep_connected
from tests.notifications.pushing import Pushing
from tests.world import World


@pytest.fixture(scope="session")
def one_push_service() -> Iterator[PushService]:
    """The service that all of this worker's tests share: a key of its own takes as long to make as many tests."""
    with server.started() as service:
        yield service


@pytest.fixture
def push_service(one_push_service: PushService) -> PushService:
    """The service with nothing in it and nothing planned; `push_service.settings(folder)` leads the product there."""
    one_push_service.clear()
    return one_push_service


@pytest.fixture(scope="module")
def pushing_app(
    settings: Settings, one_push_service: PushService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The app on a database of its own, so that no other test's job is among its; its pushes arrive at the service."""
    leads_there = one_push_service.settings(tmp_path_factory.mktemp("firebase"))
    key = tmp_path_factory.mktemp("web-push") / "web-push.pem"
    make_key(key)
    leads_there |= {"web_push_key_file": str(key), "web_push_contact": "mailto:it@clinic.example"}
    quick = {"job_lease_seconds": 8, "push_seconds": 1.0}
    with servers.migrated_database(lambda url: command.upgrade(migrations_config(url), "head")) as url:
        app = create_app(replace(settings, database_url=url, environment="development", **leads_there, **quick))
        with keep_connected(app):
            yield app
        app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def pushing(pushing_app: Flask, push_service: PushService) -> Iterator[Pushing]:
    """The product with its worker and the push service: `pushing.tell(...)`, `pushing.run()`, `pushing.rows(...)`."""
    made = Pushing(pushing_app, World(pushing_app), push_service)
    yield made
    made.forget()
