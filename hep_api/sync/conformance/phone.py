"""A phone of the kit's own, for judging servers: it keeps the rules of docs/offline-sync.md, in memory, and hurries.

Its waits are those of the document in thousandths.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hep_api.sync.conformance.calls import Answer, Caller, NoAnswer

SCALE = 0.001
MOST_TRIES = 60
BATCH = 4


@dataclass(slots=True)
class Phone:
    """One phone: its outbox by id, what was settled, and what was set aside with the outcome."""

    caller: Caller
    patient_id: str
    random: Random
    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    aside: dict[str, dict[str, Any]] = field(default_factory=dict)

    def record(self, events: Iterable[dict[str, Any]]) -> None:
        self.outbox.update({event["id"]: event for event in events})

    def upload(self) -> None:
        """Empty the outbox, in batches of any size and order; raise NoAnswer when it cannot be done."""
        step = 2.0
        for _ in range(MOST_TRIES):
            if not self.outbox:
                return
            batch = self.random.sample(list(self.outbox.values()), min(BATCH, len(self.outbox)))
            if self._upload(batch):
                step = 2.0
            else:
                time.sleep(step * SCALE * self.random.uniform(0.5, 1))
                step = min(2 * step, 300)
        if self.outbox:
            raise NoAnswer(f"{len(self.outbox)} events could not be uploaded in {MOST_TRIES} tries")

    def _upload(self, batch: list[dict[str, Any]]) -> bool:
        try:
            answer = self.caller.write("POST", f"/v1/patients/{self.patient_id}/events", {"events": batch})
        except NoAnswer:
            return False
        outcomes = _outcomes(answer, len(batch))
        for index, outcome in outcomes.items():
            event_id = batch[index]["id"]
            if outcome["outcome"] in ("applied", "duplicate"):
                self.settled.add(event_id)
                self.outbox.pop(event_id, None)
            elif outcome["outcome"] in ("rejected", "conflict"):
                self.aside[event_id] = outcome
                self.outbox.pop(event_id, None)
        return bool(outcomes)


def _outcomes(answer: Answer, number: int) -> dict[int, dict[str, Any]]:
    """Return the outcomes by index; none when the answer is not whole (C13)."""
    try:
        found = {each["index"]: each for each in answer.json()["outcomes"]} if answer.status == 200 else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return found if found.keys() == set(range(number)) else {}
