"""The who-may matrix: nobody learns or changes what is not theirs, by any route or command, straight on or sideways.

How it is tried stands in torture/matrix; here it runs over the app in this process, in `make torture-R3` over real web
processes, with sockets, and on builds that are broken on purpose.
"""

import pytest
from flask import Flask
from sqlalchemy import text

from tests.contract import scene as scenes
from tests.contract.canaries import WITHOUT, columns_with_words
from tests.contract.examples import COMMANDS, EXAMPLES
from tests.contract.scene import Scene
from tests.contract.test_contract import PAGES
from tests.world import World
from torture.matrix import refusing
from torture.matrix.asking import routes_of
from torture.matrix.trials import Tally

ROUTES = sorted(EXAMPLES)


@pytest.fixture(scope="module")
def read_scene(app: Flask) -> Scene:
    """One scene for all that changes nothing."""
    return scenes.make(World(app))


@pytest.fixture(scope="module")
def open_scene(app: Flask) -> Scene:
    """A scene in a clinic whose leaders may read records."""
    return scenes.make(World(app), managers_may_read_records=True)


def test_every_route_and_command_has_an_example_and_every_example_a_door(app: Flask) -> None:
    assert {route for route in routes_of(app) if route[1] not in PAGES} == set(EXAMPLES)
    assert set(app.extensions["hep_realtime"].switchboard.commands) == set(COMMANDS)


def test_every_open_route_says_why(app: Flask) -> None:
    for route, policy in routes_of(app).items():
        assert policy is not None, route
        assert not policy.is_open or len(policy.reason) > 20, route


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_only_those_who_may(world: World, read_scene: Scene, route: tuple[str, str]) -> None:
    tally = Tally()
    refusing.try_route(lambda: read_scene if route[0] == "get" else scenes.make(world), route, tally)
    assert tally.findings == []


def test_every_column_with_words_holds_a_canary_or_says_why_not(read_scene: Scene) -> None:
    read_scene.belongings_of("other_practitioner")
    without = set()
    with read_scene.world.transaction() as session:
        for column in columns_with_words():
            held = f"SELECT FROM {column.table.name} WHERE {column.name}::text ILIKE '%canar%'"
            if not session.scalar(text(f"SELECT EXISTS ({held})")):
                without.add(str(column))
    assert without == set(WITHOUT)
