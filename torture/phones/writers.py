"""Eight write for one patient at once, reports and changes of plans mixed, and one pulls all the while."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from threading import Event as Flag
from typing import Any

from tests.plans import making
from tests.sync.phones import KINDS, PullingPhone
from tests.world import Person, World
from torture.calls import Answer, call
from torture.phones.courses import Course
from torture.phones.reports import make_reports
from torture.proof import Order

REPORTERS, CHANGERS = 5, 3
# A small batch overtakes a large one on the way to the lock.
AMOUNTS = (1, 2, 150)
# Mostly all there is: who lags behind meets nobody who is late.
LIMITS = (3, 40, 500, 500, 500)


@dataclass
class Pulling:
    """What came of it: how much was written and pulled, and what was skipped, stale or twice."""

    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


class PlainPhone(PullingPhone):
    """Asks one of the processes after the other, as plainly as can be."""

    ports: Iterator[int]

    def one_page(self) -> dict[str, Any]:
        tail = f"sync?limit={self.limit}" + (f"&cursor={self.cursor}" if self.cursor else "")
        answer = _call(self.by, next(self.ports), "GET", tail)
        assert answer.status == 200, answer
        self.apply(answer.body)
        page: dict[str, Any] = answer.body
        return page


def pull_while_written(
    world: World, lead: Person, course_of: Callable[[Person], Course], ports: Sequence[int], order: Order
) -> Pulling:
    """Write for some seconds, pull all the while, and compare with what a phone gets that pulls only at the end."""
    patient = world.patient(lead)
    course = course_of(patient)
    seconds, over, found = order.amount(20, 6, 4), Flag(), Pulling()
    writers = [_reporter(world.sign_in(patient), course, ports, order.seed + number) for number in range(REPORTERS)]
    writers += [_changer(world.sign_in(lead), patient, number) for number in range(CHANGERS)]
    phone, fresh = (PlainPhone(patient, world.sign_in(patient), limit=500) for _ in range(2))
    phone.ports = fresh.ports = cycle(ports)
    pages: list[dict[str, Any]] = []
    lots = order.lots
    deadline = time.monotonic() + seconds

    def write(one: Callable[[], int]) -> int:
        written = 0
        while time.monotonic() < deadline:
            written += one()
        return written

    def pull() -> None:
        while not over.is_set():
            phone.limit = lots.choice(LIMITS)
            pages.append(phone.one_page())

    with ThreadPoolExecutor(len(writers) + 1) as pool:
        pulling = pool.submit(pull)
        try:
            found.counts["written"] = sum(each.result() for each in [pool.submit(write, one) for one in writers])
        finally:
            over.set()
        pulling.result()
    while phone.one_page()["more"]:
        pass
    found.counts["pages"] = len(pages)
    _compare(phone, fresh, [event["seq"] for page in pages for event in page["events"]], found)
    return found


def _compare(phone: PullingPhone, fresh: PullingPhone, order: Sequence[int], found: Pulling) -> None:
    fresh.pull()
    for kind in KINDS:
        whole, kept = fresh.kept[kind], phone.kept[kind]
        found.counts[f"pulled_{kind}"] = len(kept)
        skipped = whole.keys() - kept.keys()
        stale = [id_ for id_ in whole.keys() & kept.keys() if whole[id_] != kept[id_]]
        left_over = kept.keys() - whole.keys()
        of_all = f"of {len(whole)} {kind} were"
        for ids, told in (
            (skipped, f"{of_all} skipped"),
            (stale, f"{of_all} stale"),
            (left_over, f"{kind} that are gone were kept"),
        ):
            found.counts["skipped"] += len(ids)
            if ids:
                found.complaints.append(f"{len(ids)} {told}")
    if list(order) != sorted(set(order)):
        found.complaints.append("events came twice, or not in the order of their numbers")


def _reporter(person: Person, course: Course, ports: Sequence[int], seed: int) -> Callable[[], int]:
    lots = Random(seed)

    def report() -> int:
        events = make_reports(course, lots.choice(AMOUNTS), lots).taken
        answer = _call(person, lots.choice(ports), "POST", "events", {"events": events})
        return len(events) if answer.status == 200 else 0

    return report


def _call(person: Person, port: int, method: str, tail: str, body: Any = None) -> Answer:
    path = f"/v1/patients/{person.patient_id}/{tail}"
    return call(port, method, path, body, Authorization=f"Bearer {person.token}")


def _changer(lead: Person, patient: Person, number: int) -> Callable[[], int]:
    """Pauses and resumes a plan of its own, adds goals until there are enough, rewords it."""
    plan = making.start(lead, patient, title=f"Plan {number}")
    turns = iter(range(10**9))

    def change() -> int:
        turn = next(turns)
        span = {"from": making.in_days(2 * turn + 1), "to": making.in_days(2 * turn + 2), "reason": "Away."}
        answer = plan.send("POST", "/pauses", span)
        if answer.status_code == 201 and turn % 3:
            plan.send("PATCH", f"/pauses/{answer.get_json()['id']}", {"withdrawn": True, "reason": "Stays."})
        lead.http.post(f"/v1/plans/{plan.id}/goals", json={"text": f"Goal {turn}"})
        plan.send("PATCH", "", {"title": f"Plan {number}, turn {turn}"})
        return 1

    return change
