"""The starter set in the tables, as a running installation has it, and people to search it."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from hep_api.library.starter_set import load_starter_set
from tests.everything import everything
from tests.world import Person, World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def starter_set(app: Flask) -> None:
    with everything(app) as session:
        load_starter_set(session, NOW)


@pytest.fixture
def practitioner(world: World, starter_set: None) -> Person:
    return world.practitioner(world.clinic())


@pytest.fixture
def colleague(world: World, practitioner: Person) -> Person:
    return world.practitioner(practitioner.clinic_id)


@pytest.fixture
def stranger(world: World, starter_set: None) -> Person:
    """A practitioner of another clinic."""
    return world.practitioner(world.clinic())
