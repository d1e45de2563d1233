"""The plain matrix: each route's example, sent by everyone. Whoever has no part in it is refused, whoever has succeeds.

Refusal and success share one set-up, so a refusal cannot pass for the wrong reason.
"""

from hep_api.accounts.viewer import Role
from tests.contract.examples import ANYONE, EXAMPLES
from tests.contract.scene import OWING
from torture.matrix.asking import Route, asked_for, condition_of, outline_of, routes_of
from torture.matrix.trials import Trial

STRANGER, RIGHTFUL, OWED = "stranger", "rightful", "owing a second factor"
WANTED = '"code":"second_factor_'  # to be set up, or to be shown


def try_route(tried: Trial, route: Route) -> None:
    """Try a route on everyone; each success is taken back before the next."""
    if EXAMPLES[route].may != ANYONE:
        refuse_strangers(tried, route)
    for part in EXAMPLES[route].may:
        _let_in(tried, route, part)
        if route[0] != "get":
            tried.put_back()


def refuse_strangers(tried: Trial, route: Route) -> None:
    """Refuse everyone who has no business at the route."""
    condition = condition_of(tried.scene, EXAMPLES[route].may[0], route)
    for part in tried.strangers_to(route):
        asked = outline_of(tried.scene, part, route).with_headers(**condition)
        tried.refused(STRANGER, part, asked, (tried.refusal_of(part, route),))
    tried.settle()


def try_open_record(tried: Trial, route: Route) -> None:
    """In a clinic whose policy lets its leaders read records, they do, and nobody else does."""
    for part in ("manager", "owner"):
        answer = tried.ask(RIGHTFUL, part, asked_for(tried.scene, part, route), read_by="lead")
        if answer is not None and answer.status_code != EXAMPLES[route].status:
            tried.find("rightful", " ".join(route), part, f"{answer.status_code}: {answer.text[:300]}")
    for part in sorted(set(tried.strangers_to(route)) - {"manager", "owner"}):
        tried.refused(STRANGER, part, asked_for(tried.scene, part, route), (tried.refusal_of(part, route),))
    tried.settle()


def try_owing(tried: Trial, route: Route) -> None:
    """Whoever still owes the clinic a second factor gets in nowhere but where one is set up; here it is the lead."""
    policy = routes_of(tried.scene.world.app)[route]
    if policy is not None and not policy.is_open and not policy.owing_too:
        answer = tried.refused(OWED, OWING, asked_for(tried.scene, "lead", route), (403,))
        if answer is not None and Role.PRACTITIONER in policy.roles and WANTED not in answer.text:
            tried.find("refusal", " ".join(route), OWING, answer.text[:300])
        tried.settle()


def _let_in(tried: Trial, route: Route, part: str) -> None:
    example = EXAMPLES[route]
    # Whoever is let in by a password or a code is somebody else afterwards, and may read what anyone may not.
    read_by = "lead" if example.may == ANYONE else part
    answer = tried.ask(RIGHTFUL, part, asked_for(tried.scene, part, route), read_by=read_by)
    if answer is not None and answer.status_code != example.status:
        tried.find("rightful", " ".join(route), part, f"{answer.status_code}: {answer.text[:300]}")
