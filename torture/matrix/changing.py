"""Whether others learn of what has no words: numbers, days, that something happened at all.

What everyone else sees is written down; then everything is done to the patient's record that its own people may do;
then it is looked at again. Whoever may not read the record must see, byte for byte, what they saw before.
"""

from collections.abc import Iterator

from tests.contract.canaries import READERS, RECORD
from tests.contract.examples import EXAMPLES, TELLS_OF_DOINGS
from tests.contract.scene import Scene
from torture.matrix.asking import Route, asked_for, send
from torture.matrix.trials import Trial

CHANGED = "seen by others"
# Doors that change the record itself, by those who may read it; not who is on the care team, not the administration.
ITS_OWN_PEOPLE = READERS[RECORD]
# What these make is the clinic's library's: uploads become its pictures, and a plan's phases, without the patient, a
# template.
NOT_OF_THE_RECORD = ("/v1/media/uploads", "/v1/plans/{plan_id}/template")
# Publishing a draft takes it away: whichever door of it comes after that finds none.
OF_A_DRAFT = "/v1/plans/{plan_id}/draft"


def try_changing(tried: Trial) -> None:
    """Change the record by every door that does, and compare what all others see."""
    before = _seen(tried)
    do_everything(tried)
    for (part, route), was in before.items():
        tried.tally.asked[CHANGED] += 1
        now = _look(tried.scene, part, route)
        if now != was:
            tried.find("leak", " ".join(route), part, f"{was[:300]} became {now[:300]}")
    tried.put_back()


def do_everything(tried: Trial) -> None:
    """Do to the record all that its own people may do, once each."""
    for route in sorted(EXAMPLES, key=lambda route: (route[0] == "delete", route)):
        if _changes_the_record(route):
            _do(tried, route)


def _changes_the_record(route: Route) -> bool:
    if route[0] == "get" or route[1].startswith(NOT_OF_THE_RECORD):
        return False
    return set(EXAMPLES[route].may) <= ITS_OWN_PEOPLE


def _seen(tried: Trial) -> dict[tuple[str, Route], str]:
    return {(part, route): _look(tried.scene, part, route) for part, route in _others()}


def _others() -> Iterator[tuple[str, Route]]:
    for route in sorted(EXAMPLES):
        if route[0] == "get" and route[1].startswith("/v1") and route not in TELLS_OF_DOINGS:
            for part in sorted(set(EXAMPLES[route].may) - ITS_OWN_PEOPLE - {"anonymous"}):
                yield part, route


def _look(scene: Scene, part: str, route: Route) -> str:
    answer = send(scene, part, asked_for(scene, part, route))
    return f"{answer.status_code} {answer.headers.get('ETag')} {answer.text}"


def _do(tried: Trial, route: Route) -> None:
    """The plan's ETag is a new one after each change."""
    plan = tried.scene.plan
    answer = plan.by.http.get(f"/v1/plans/{plan.id}")
    assert answer.status_code == 200, (route, answer.status_code, answer.text)
    plan.etag = answer.headers["ETag"]
    part = EXAMPLES[route].may[0]
    answer = send(tried.scene, part, asked_for(tried.scene, part, route))
    gone = (404, 412) if route[1].startswith(OF_A_DRAFT) else ()
    if answer.status_code not in (EXAMPLES[route].status, 409, 422, *gone):
        tried.find("rightful", " ".join(route), part, answer.text[:300])
