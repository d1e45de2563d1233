"""The who-may matrix: nobody learns or changes what is not theirs, by any route or command, straight on or sideways.

How it is tried stands in torture/matrix; here it runs over the app in this process, in `make torture-R3` over real web
processes, with sockets, and on builds that are broken on purpose.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tests.contract import scene as scenes
from tests.contract.canaries import WITHOUT, columns_with_words, has_canary
from tests.contract.examples import COMMANDS, EXAMPLES
from tests.contract.test_contract import PAGES
from tests.world import World
from torture.matrix import changing, commanding, refusing, whole
from torture.matrix.asking import routes_of
from torture.matrix.contract import Taken
from torture.matrix.lines import inner_lines
from torture.matrix.trials import Tally, Trial, trial

ROUTES = sorted(EXAMPLES)


@pytest.fixture(scope="module")
def tried(app: Flask) -> Iterator[Trial]:
    """One scene for all; what is done in it rightfully is taken back."""
    with trial(scenes.make(World(app)), Tally()) as opened:
        yield opened


@pytest.fixture(scope="module")
def tried_openly(app: Flask) -> Iterator[Trial]:
    """A scene in a clinic whose leaders may read records, and whose staff need a second factor."""
    scene = scenes.make(World(app), managers_may_read_records=True)
    scenes.require_second_factor(scene)
    with trial(scene, Tally()) as opened:
        yield opened


@pytest.fixture
def tally(tried: Trial) -> Tally:
    tried.tally = Tally()
    return tried.tally


@pytest.fixture(scope="module")
def taken(app: Flask) -> Taken:
    return Taken(app)


def test_every_route_and_command_has_an_example_and_every_example_a_door(app: Flask) -> None:
    assert {route for route in routes_of(app) if route[1] not in PAGES} == set(EXAMPLES)
    assert set(app.extensions["hep_realtime"].switchboard.commands) == set(COMMANDS)


def test_every_open_route_says_why(app: Flask) -> None:
    for route, policy in routes_of(app).items():
        assert policy is not None, route
        assert not policy.is_open or len(policy.reason) > 20, route


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_only_those_who_may(tried: Trial, tally: Tally, route: tuple[str, str]) -> None:
    refusing.try_route(tried, route)
    assert tally.findings == []


@pytest.mark.parametrize("route", [route for route in ROUTES if EXAMPLES[route].is_record], ids=" ".join)
def test_leaders_read_records_when_their_clinic_says_so_and_only_of_their_clinic(
    tried_openly: Trial, route: tuple[str, str]
) -> None:
    tried_openly.tally = Tally()
    refusing.try_open_record(tried_openly, route)
    assert tried_openly.tally.findings == []


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_who_owes_a_second_factor_gets_in_only_to_set_one_up(tried_openly: Trial, route: tuple[str, str]) -> None:
    tried_openly.tally = Tally()
    refusing.try_owing(tried_openly, route)
    assert tried_openly.tally.findings == []


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_nothing_is_reached_sideways(tried: Trial, tally: Tally, taken: Taken, route: tuple[str, str]) -> None:
    """With foreign ids beside own ones, fields that nobody may set, another's ETags and cursors, searches, HEAD."""
    whole.try_sideways(tried, taken, route)
    assert tally.findings == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_commands_are_for_those_who_may(tried: Trial, tally: Tally, command: str) -> None:
    with inner_lines(tried.scene) as lines:
        commanding.try_command(tried, lines, command)
    assert tally.findings == []


def test_nobody_else_hears_of_the_record(tried: Trial, tally: Tally) -> None:
    with inner_lines(tried.scene) as lines:
        commanding.try_listening(tried, lines)
    assert tally.findings == []


def test_nobody_else_sees_that_the_record_has_changed(tried: Trial, tally: Tally) -> None:
    changing.try_changing(tried)
    assert tally.findings == []


def test_every_column_with_words_holds_a_canary_or_says_why_not(tried: Trial) -> None:
    without = set()
    with tried.scene.world.transaction() as session:
        for column in columns_with_words():
            if not session.scalar(text(has_canary(column))):
                without.add(str(column))
    assert without - set(WITHOUT) == set(), "give each a canary in scene.py, or its reason in canaries.py"
    assert set(WITHOUT) - without == set(), "these have a canary, or are no more"
