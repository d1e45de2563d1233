"""What the keeper of an installation types, on a database that has nothing in it yet."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from hep_api.library.models.exercises import Exercise
from tests import servers
from tests.everything import everything
from tests.library.test_starter_set import ENTRIES


@pytest.fixture
def installation(settings: Settings) -> Iterator[Flask]:
    """An app on an empty database."""
    with servers.new_database() as url:
        app = create_app(replace(settings, database_url=url))
        yield app
        app.extensions["hep_database"].engine.dispose()


def test_an_upgrade_brings_tables_and_starter_set_and_may_be_repeated(installation: Flask) -> None:
    for _ in range(2):
        answer = installation.test_cli_runner().invoke(args=["database", "upgrade"])
        assert (answer.exit_code, answer.exception) == (0, None)
        assert answer.output.splitlines()[-1] == "The starter exercises are at this version."
        with everything(installation) as session:
            assert session.scalar(select(func.count()).select_from(Exercise)) == len(ENTRIES)
    again = installation.test_cli_runner().invoke(args=["library", "load-starter-set"])
    assert again.output == f"Starter set: 0 added, 0 changed, {len(ENTRIES)} unchanged.\n"
