"""A phone as docs/offline-sync.md wants it, in a bad network: it sends in any order, again, in parts, loses answers,
breaks off in the middle, and pulls now and then.
"""

import http.client
import json
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from torture.calls import call
from torture.phones.reports import Event

LARGEST = 150
LOST, BROKEN_OFF, TWICE, REPEATED, PULLED = 0.1, 0.08, 0.08, 0.3, 0.3
LONGEST_WAIT_SECONDS = 0.3
TRIES, ENOUGH = 400, 10
BUSY = 503
FINAL = ("applied", "duplicate", "conflict", "rejected")


@dataclass
class Phone:
    """One phone of a patient. `outcomes` has the first final outcome of each event, `events` what was pulled."""

    ports: Sequence[int]
    token: str
    patient_id: str
    lots: Random
    outbox: list[Event]
    outcomes: dict[str, str] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    cursor: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def send_all(self) -> None:
        """Send until nothing is left in the outbox."""
        settled: list[Event] = []
        for _ in range(TRIES):
            if not self.outbox or len(self.complaints) > ENOUGH:
                return
            self.lots.shuffle(self.outbox)
            batch = self.outbox[: self.lots.randint(1, LARGEST)]
            if settled and self.lots.random() < REPEATED:
                batch = batch + self.lots.sample(settled, min(20, len(settled)))
                self.lots.shuffle(batch)
            settled += self._send(batch)
            if self.lots.random() < PULLED:
                self.pull(self.lots.randint(1, 60))
        self.complaints.append(f"{len(self.outbox)} events are left after {TRIES} tries")

    def send_altered(self, altered: Sequence[Event]) -> None:
        """Send events whose id was used for something else: each has to be a conflict."""
        for _ in range(TRIES):
            answer = self._ask("POST", "events", {"events": list(altered)})
            if answer is not None:
                wrong = [each for each in answer["outcomes"] if each["outcome"] != "conflict"]
                self.complaints += [f"an altered event was answered {each['outcome']}" for each in wrong[:1]]
                self.counts["conflicts"] += len(altered) - len(wrong)
                return
        self.complaints.append("altered events were never answered")

    def pull(self, limit: int) -> bool:
        """Pull one page; tell whether there is more, or none came."""
        tail = f"sync?limit={limit}" + (f"&cursor={self.cursor}" if self.cursor else "")
        page = self._ask("GET", tail)
        if page is None:
            return True
        if page["reset"]:
            if self.cursor is not None:
                self.complaints.append("a phone was told to begin anew")
            self.events, self.order = {}, []
        self.events |= {each["id"]: each for each in page["events"]}
        self.order += [each["seq"] for each in page["events"]]
        self.cursor = page["cursor"]
        self.counts["pages"] += 1
        return bool(page["more"])

    def pull_all(self) -> None:
        for _ in range(TRIES):
            if not self.pull(500):
                return
        self.complaints.append("there was always more to pull")

    def _send(self, batch: Sequence[Event]) -> list[Event]:
        """Send a batch, and return those of the outbox that it settled."""
        self.counts["batches"] += 1
        chance = self.lots.random()
        if chance < LOST + BROKEN_OFF:
            self._be_cut_off(batch, whole=chance < LOST)
            return []
        at_once = chance > 1 - TWICE
        answer = self._ask_twice(batch) if at_once else self._ask("POST", "events", {"events": list(batch)})
        if answer is None:
            return []
        waiting = {event["id"] for event in self.outbox}
        done = [event for event, each in zip(batch, answer["outcomes"], strict=True) if each["outcome"] in FINAL]
        for event, each in zip(batch, answer["outcomes"], strict=True):
            self._note(event["id"], each, is_repeat=event["id"] not in waiting)
        settled = {event["id"] for event in done}
        self.outbox = [event for event in self.outbox if event["id"] not in settled]
        return [event for event in done if event["id"] in waiting]

    def _ask_twice(self, batch: Sequence[Event]) -> Any:
        """Send a batch at two processes at the same time; return one answer, which says of each that it was applied
        where either does.
        """
        self.counts["sent_twice_at_once"] += 1
        body = {"events": list(batch)}
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(self._ask, "POST", "events", body) for _ in range(2)]
            answers = [each.result() for each in asked if each.result() is not None]
        if len(answers) == 2:
            pairs = list(zip(*(each["outcomes"] for each in answers), strict=True))
            twice = sum(one["outcome"] == other["outcome"] == "applied" for one, other in pairs)
            if twice:
                self.complaints.append(f"{twice} events that were sent twice at once were applied twice")
            return {"outcomes": [one if one["outcome"] == "applied" else other for one, other in pairs]}
        return answers[0] if answers else None

    def _note(self, id_: str, answered: dict[str, Any], *, is_repeat: bool) -> None:
        outcome = answered["outcome"]
        if outcome == "rejected":
            outcome = f"rejected by {answered['error']['rule']}"
        self.counts[outcome] += 1
        first = self.outcomes.get(id_)
        if outcome in FINAL or "rejected" in outcome:
            self.outcomes.setdefault(id_, outcome)
        if is_repeat and outcome == "applied":
            self.complaints.append(f"an event answered {first} before was applied when it was sent again")
        if outcome == "conflict":
            self.complaints.append("an event that was never altered is a conflict")

    def _ask(self, method: str, tail: str, body: Any = None) -> Any:
        """Make a request; None for no answer, or one that asks to come again."""
        path = f"/v1/patients/{self.patient_id}/{tail}"
        try:
            answer = call(self.lots.choice(self.ports), method, path, body, Authorization=f"Bearer {self.token}")
        except (OSError, http.client.HTTPException):
            self.counts["no_answer"] += 1
            time.sleep(self.lots.uniform(0, LONGEST_WAIT_SECONDS))
            return None
        if answer.status == 200:
            return answer.body
        self.counts[f"answered_{answer.status}"] += 1
        if answer.status != BUSY:
            self.complaints.append(f"{method} {tail.partition('?')[0]} was answered {answer.status} {answer.body}")
        time.sleep(self.lots.uniform(0, LONGEST_WAIT_SECONDS))
        return None

    def _be_cut_off(self, batch: Sequence[Event], *, whole: bool) -> None:
        """Be gone before the answer comes, or before all was sent."""
        self.counts["answers_lost" if whole else "broken_off"] += 1
        body = json.dumps({"events": list(batch)}).encode()
        head = (
            f"POST /v1/patients/{self.patient_id}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            f"{self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        sent = head + (body if whole else body[: self.lots.randrange(len(body))])
        try:
            with socket.create_connection(("127.0.0.1", self.lots.choice(self.ports)), timeout=10) as connection:
                connection.sendall(sent)
                time.sleep(self.lots.uniform(0, 0.1))
        except OSError:
            self.counts["no_answer"] += 1
