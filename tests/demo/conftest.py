"""A database of their own with the demo clinic in it, made by the command that a person would use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from hep_api.accounts.keys import create_key
from hep_api.app import create_app
from hep_api.commands import migrations_config
from hep_api.foundation.settings import Settings
from tests import servers
from tests.everything import everything


def empty_app(url: str, keys: Path, environment: str = "development") -> Flask:
    """Return the app on a migrated database, with cheap password hashes."""
    create_key(keys, datetime.now(UTC))
    settings = Settings(
        database_url=url,
        token_keys_folder=keys,
        environment=environment,
        password_hash_memory_kib=64,
        password_hash_passes=1,
    )
    return create_app(settings)


def migrate(url: str) -> None:
    command.upgrade(migrations_config(url), "head")


@pytest.fixture(scope="session")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app on a database with the demo clinic."""
    with servers.migrated_database(migrate) as url:
        app = empty_app(url, tmp_path_factory.mktemp("demo-keys"))
        app.extensions["first_seeding"] = run(app, "seed")
        yield app
        app.extensions["hep_database"].engine.dispose()


@pytest.fixture
def demo_session(demo_app: Flask) -> Iterator[Session]:
    """A look at the rows of the demo clinic."""
    with everything(demo_app) as session:
        yield session


def run(app: Flask, *arguments: str) -> Result:
    """Run `flask demo ...`."""
    return app.test_cli_runner().invoke(args=["demo", *arguments])
