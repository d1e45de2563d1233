"""What goes wrong behind the phones: exact kills at commits, random ones, a Redis that is stopped, hung, wiped."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from random import Random

from torture.killing import kill_worker
from torture.queue import Queue
from torture.stage import Process
from torture.wire.line import Wire
from torture.wire.proxy import Point

RANDOM = "random"
# What is done to Redis in turn, each between two kills.
TURNS = ("stopped", "started", "hung", "answering", "wiped")
VICTIM_SECONDS, LOOK_SECONDS = 60.0, 1.0
SERVING_SECONDS = 60.0
STALLED_SECONDS = 120.0
LONGEST_PAUSE_SECONDS = 0.15
MOST_PASSED = 3
TOLD_EVERY = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How often what is to happen."""

    exact_of_each: int
    random: int
    turns_of_redis: int


@dataclass
class Faults:
    """Carries a plan out, one fault after the other, spread over the work.

    `progress` tells how much of the work is done, from 0 to 1; infinity is a word to stop.
    """

    wire: Wire
    queue: Queue
    webs: Sequence[Process]
    plan: Plan
    lots: Random
    progress: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Do all of it, in an order drawn by lot."""
        kinds = [*Point] * self.plan.exact_of_each + [RANDOM] * self.plan.random
        self.lots.shuffle(kinds)
        turns = self._turns()
        at = {round((number + 0.5) * len(kinds) / len(turns)) for number in range(len(turns))} if turns else set()
        for number, kind in enumerate(kinds):
            self._await(number / len(kinds))
            if number in at and turns:
                self._turn_redis(turns.pop(0))
            self._kill(kind)
            if (number + 1) % TOLD_EVERY == 0:
                print(f"    {number + 1} of {len(kinds)} kills, {self.progress():.0%} of the messages", flush=True)
            time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))
            if self.complaints or self.progress() == inf:
                break
        for turn in turns:
            self._turn_redis(turn)

    @contextmanager
    def redis_away(self) -> Iterator[None]:
        """Take Redis away for the block."""
        self.queue.take_away()
        self.counts["redis_stopped"] += 1
        try:
            yield
        finally:
            self.queue.bring_back()
            self.counts["redis_started"] += 1

    def _await(self, part: float) -> None:
        deadline = time.monotonic() + STALLED_SECONDS
        while self.progress() < part:
            time.sleep(0.01)
            if time.monotonic() > deadline:
                self.complaints.append("nothing was acknowledged any more")
                return

    def _turns(self) -> list[str]:
        return [*TURNS] * self.plan.turns_of_redis

    def _turn_redis(self, turn: str) -> None:
        doing = {
            "stopped": self.queue.take_away,
            "started": self.queue.bring_back,
            "hung": self.queue.hang,
            "answering": self.queue.go_on,
            "wiped": self.queue.wipe,
        }
        doing[turn]()
        self.counts[f"redis_{turn}"] += 1

    def _kill(self, kind: str) -> None:
        if kind == RANDOM:
            self._kill_by_lot()
            return
        with self.wire.killing(Point(kind), self.lots.randint(0, MOST_PASSED)) as ordered:
            deadline = time.monotonic() + VICTIM_SECONDS
            while self.progress() < inf and time.monotonic() < deadline:
                if ordered.victim(LOOK_SECONDS) is not None:
                    self.counts[f"killed_{kind}_commit"] += 1
                    return
        if self.progress() < inf:
            self.complaints.append(f"nobody could be killed {kind} a commit")

    def _kill_by_lot(self) -> None:
        deadline = time.monotonic() + SERVING_SECONDS
        while time.monotonic() < deadline:
            if killed := kill_worker(self.lots.choice(self.webs)):
                self.counts["killed_at_random"] += killed
                return
            time.sleep(0.05)
        self.complaints.append("no web process served")
