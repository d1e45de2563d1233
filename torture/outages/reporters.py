"""Phones that report what was done, a batch again and again until it is answered, and pull; what was acknowledged has
to be there in the end, once.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from torture.outages.watching import AWAY, Watch
from torture.phones.courses import Course
from torture.phones.reports import make_reports

AMOUNTS = (1, 5, 20)
AGAIN, PULLED = 0.2, 0.3
LONGEST_PAUSE_SECONDS = 0.3
TAKEN = ("applied", "duplicate")
TRIES = 100

Event = dict[str, Any]


@dataclass
class Reporter:
    """One phone of one patient. `sent` are all events that ever went out, `acknowledged` the ids of those taken."""

    ports: Sequence[int]
    token: str
    patient_id: str
    course: Course
    lots: Random
    watch: Watch
    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    _settled: list[Sequence[Event]] = field(default_factory=list)

    def work(self, is_over: Callable[[], bool]) -> None:
        """Report until it is over."""
        while not is_over():
            time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))
            if self._settled and self.lots.random() < AGAIN:
                self._send(self.lots.choice(self._settled), {"duplicate"})
            elif self.lots.random() < PULLED:
                self.ask(self.lots.choice(self.ports), "GET", "sync?limit=50")
            else:
                self.report(self.new())

    def new(self, amount: int = 0) -> Sequence[Event]:
        """Return something to report."""
        return make_reports(self.course, amount or self.lots.choice(AMOUNTS), self.lots).taken

    def report(self, events: Sequence[Event]) -> None:
        """Send a batch until it is taken."""
        for _ in range(TRIES):
            if self._send(events, set(TAKEN)):
                self._settled.append(events)
                return
            time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))
        self.watch.complain(f"a batch was not taken in {TRIES} tries")

    def send_once(self, events: Sequence[Event], port: int) -> int:
        """Send a batch once, to that process; return what was answered, 0 when nothing was."""
        self.sent |= {event["id"] for event in events}
        said = self.ask(port, "POST", "events", {"events": events})
        if said is not None and said.status == 200:
            self._settle(events, said.body["outcomes"], set(TAKEN))
        return 0 if said is None else said.status

    def ask(self, port: int, method: str, tail: str, body: Any = None) -> Any:
        """Make a request about the patient."""
        said = self.watch.ask(port, method, f"/v1/patients/{self.patient_id}/{tail}", body, self.token)
        if said is not None and said.status not in (200, AWAY):
            self.watch.complain(f"{method} {tail.partition('?')[0]} was answered {said.status}")
        return said

    def compare(self) -> Iterator[str]:
        """Pull everything and yield what is amiss."""
        return self.amiss_in(*self._pull())

    def amiss_in(self, pulled: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
        """Yield what is amiss in the ids and numbers of all events that are there."""
        if lost := self.acknowledged - set(pulled):
            yield f"{len(lost)} of {len(self.acknowledged)} acknowledged events are lost"
        if added := set(pulled) - self.sent:
            yield f"{len(added)} events are there that nobody sent"
        if len(pulled) != len(set(pulled)):
            yield f"{len(pulled) - len(set(pulled))} events are there twice"
        if numbers != list(range(1, len(numbers) + 1)):
            yield "the numbers of events have gaps, or came in another order"

    def _send(self, events: Sequence[Event], expected: set[str]) -> bool:
        self.sent |= {event["id"] for event in events}
        said = self.ask(self.lots.choice(self.ports), "POST", "events", {"events": events})
        if said is None or said.status != 200:
            return False
        return self._settle(events, said.body["outcomes"], expected)

    def _settle(self, events: Sequence[Event], outcomes: Sequence[Any], expected: set[str]) -> bool:
        """Note what came of each; tell whether nothing has to be sent again."""
        for event, each in zip(events, outcomes, strict=True):
            if each["outcome"] in expected:
                self.acknowledged.add(event["id"])
            elif each["outcome"] != "retry":
                self.watch.complain(f"an event was answered {each['outcome']} and should not have been")
        return all(each["outcome"] != "retry" for each in outcomes)

    def _pull(self) -> tuple[list[str], list[int]]:
        """Return ids and numbers of all events, as pages give them, from an empty phone on."""
        ids, numbers, cursor, more = list[str](), list[int](), "", True
        while more:
            said = self.ask(self.ports[0], "GET", f"sync?limit=500{cursor}")
            if said is None or said.status != 200:
                self.watch.complain("what is there in the end could not be read")
                break
            ids += [event["id"] for event in said.body["events"]]
            numbers += [event["seq"] for event in said.body["events"]]
            cursor, more = f"&cursor={said.body['cursor']}", said.body["more"]
        return ids, numbers
