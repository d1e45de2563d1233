"""What goes wrong behind the pushes: workers killed exactly at the commits that record an answer, and at random."""

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from development.push_service import faults
from development.push_service.kept import now
from torture.processes import children_of
from torture.pushes.judging import Books
from torture.stage import Process
from torture.wire.line import Wire
from torture.wire.proxy import Point

# What Retry-After names.
ASKED_SECONDS = 4
LATER = (faults.UNAVAILABLE_FOR_A_WHILE.after(ASKED_SECONDS), faults.QUOTA_EXCEEDED.after(ASKED_SECONDS))
# Every fault; those that by themselves let nothing be sent for a while are rarer, or the run would be about waiting.
DRAWN = (
    *[faults.INTERNAL, faults.UNAVAILABLE, *LATER] * 8,
    *[faults.GARBAGE, faults.HALF] * 6,
    *[faults.UNREGISTERED, faults.SENDER_ID_MISMATCH, faults.INVALID_ARGUMENT, faults.THIRD_PARTY_AUTH_ERROR] * 2,
    *[faults.UNAUTHENTICATED, faults.PERMISSION_DENIED, faults.HANG_UP, faults.SILENCE] * 1,
)
# What all statements have in common that write what came of a push.
MARKER = r"UPDATE push\b"
RANDOM = "random"
VICTIM_SECONDS, LOOK_SECONDS = 60.0, 0.5
LONGEST_PAUSE_SECONDS = 0.3
# So many seconds after the instant at which reminders are due.
OF_REMINDERS = (0.1, 0.4, 0.8, 1.2, 1.6, 2.0)
MOST_PASSED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How often a worker is killed at each exact point, and at random."""

    exact_of_each: int
    random: int


@dataclass
class Faults:
    """Carries a plan out, spread over the work; `progress` tells how much of it is done, from 0 to 1."""

    wire: Wire
    crew: Process
    plan: Plan
    lots: Random
    progress: Callable[[], float]
    books: Books
    stalled_seconds: float
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    _is_over: bool = False

    def stop(self) -> None:
        """Do no more of it: there is nothing to be killed at, or enough to say."""
        self._is_over = True

    def work(self) -> None:
        """Do all of it, in an order drawn by lot."""
        kinds = [*Point] * self.plan.exact_of_each + [RANDOM] * self.plan.random
        self.lots.shuffle(kinds)
        for number, kind in enumerate(kinds):
            # All kills fall into the first part of the work: there has to be something left to be killed at.
            if not self._await(0.8 * number / len(kinds)):
                return
            self._kill(kind)
            time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))

    def kill_about(self, instant: datetime | None) -> None:
        """Kill workers at an instant and just after it, as many reminders are due then; None: at none."""
        if instant is None:
            return
        for late in OF_REMINDERS:
            while not self._is_over and (left := (instant - now()).total_seconds() + late) > 0:
                time.sleep(min(left, LOOK_SECONDS))
            if not self._is_over:
                self._kill_by_lot()

    def _await(self, part: float) -> bool:
        deadline = time.monotonic() + self.stalled_seconds
        while self.progress() < part:
            time.sleep(0.05)
            if self._is_over:
                return False
            if time.monotonic() > deadline:
                self.complaints.append("nothing was pushed any more")
                return False
        return True

    def _kill(self, kind: str) -> None:
        if kind == RANDOM:
            self._kill_by_lot()
            return
        with self.wire.killing(Point(kind), self.lots.randint(0, MOST_PASSED)) as ordered:
            deadline = time.monotonic() + VICTIM_SECONDS
            while self.progress() < 1 and not self._is_over and time.monotonic() < deadline:
                if ordered.victim(LOOK_SECONDS) is not None:
                    self._note(f"killed_{kind}_commit")
                    return
        self.counts["kills_too_late"] += 1

    def _kill_by_lot(self) -> None:
        workers = children_of(self.crew.pid)
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.lots.choice(workers), signal.SIGKILL)
                self._note("killed_at_random")

    def _note(self, what: str) -> None:
        self.books.kills.append(now())
        self.counts[what] += 1
