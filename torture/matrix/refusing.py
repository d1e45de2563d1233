"""The plain matrix: each route's example, sent by everyone. Whoever has no part in it is refused, whoever has succeeds.

Refusal and success share one set-up, so a refusal cannot pass for the wrong reason.
"""

from collections.abc import Callable

from tests.contract.examples import ANYONE, EXAMPLES
from tests.contract.scene import Scene
from torture.matrix.asking import Route, asked_for
from torture.matrix.trials import Tally, Trial, trial

STRANGER, RIGHTFUL = "stranger", "rightful"


def try_route(make: Callable[[], Scene], route: Route, tally: Tally) -> None:
    """Try a route on everyone. A scene that its success uses up is made anew for the next who may."""
    with trial(make(), tally) as tried:
        if EXAMPLES[route].may != ANYONE:
            refuse_strangers(tried, route)
        rest = let_in(tried, route, EXAMPLES[route].may)
    for part in rest:
        with trial(make(), tally) as tried:
            let_in(tried, route, (part,))


def refuse_strangers(tried: Trial, route: Route) -> None:
    """Refuse everyone who has no business at the route, and for a read its HEAD, which has the same headers."""
    for part in tried.strangers_to(route):
        asked, status = asked_for(tried.scene, part, route), tried.refusal_of(part, route)
        tried.refused(STRANGER, part, asked, (status,))


def try_open_record(tried: Trial, route: Route) -> None:
    """In a clinic whose policy lets its leaders read records, they do, and nobody else does."""
    for part in ("manager", "owner"):
        answer = tried.ask(RIGHTFUL, part, asked_for(tried.scene, part, route), read_by="lead")
        if answer is not None and answer.status_code != 200:
            tried.find("rightful", " ".join(route), part, f"{answer.status_code}: {answer.text[:300]}")
    for part in sorted(set(tried.strangers_to(route)) - {"manager", "owner"}):
        tried.refused(STRANGER, part, asked_for(tried.scene, part, route), (tried.refusal_of(part, route),))


def let_in(tried: Trial, route: Route, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Let in those who may; return those for whom a new scene is needed."""
    example = EXAMPLES[route]
    for place, part in enumerate(parts):
        # Whoever is let in by a password or a code is somebody else afterwards, and may read what anyone may not.
        read_by = "lead" if example.may == ANYONE else part
        answer = tried.ask(RIGHTFUL, part, asked_for(tried.scene, part, route), read_by=read_by)
        if answer is not None and answer.status_code != example.status:
            tried.find("rightful", " ".join(route), part, f"{answer.status_code}: {answer.text[:300]}")
        if example.once:
            return parts[place + 1 :]
    return ()
