"""All the ways in which one route is tried, in order."""

from tests.contract.examples import ANYONE, EXAMPLES
from torture.matrix.asking import Route
from torture.matrix.contract import Taken
from torture.matrix.crossing import try_crossing
from torture.matrix.extras import try_extras
from torture.matrix.sideways import try_reading, try_unknown
from torture.matrix.trials import Trial


def try_sideways(tried: Trial, taken: Taken, route: Route) -> None:
    """Try whatever must be refused and leaves the scene as it is."""
    try_extras(tried, route, taken.body(route))
    if EXAMPLES[route].may != ANYONE:
        try_crossing(tried, route)
        try_reading(tried, route, taken.query(route))
        try_unknown(tried, route)
