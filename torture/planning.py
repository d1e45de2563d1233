"""The plan of a run: its units, each a proof on the whole build or on a broken one, in order, and how long they take.

Two units are at work at a time. What mostly waits, and what is tried in short, shares the machine with one that does
not; what measures time has it for itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from torture import builds, results
from torture.proof import Order, Proof

HANDS = 2
# In full and in short, until a run has told otherwise; and of a broken build.
SECONDS = {
    "R1": (200, 20),
    "R2": (180, 15),
    "R3": (60, 15),
    "R4": (150, 10),
    "R5": (50, 20),
    "R6": (30, 8),
    "R7": (150, 40),
    "R8": (70, 15),
    "R9": (100, 20),
    "R10": (100, 15),
    "R11": (15, 8),
    "R12": (1, 1),
    "R13": (40, 8),
}
UNKNOWN, OF_A_BUILD = (60, 15), 8


@dataclass(frozen=True, slots=True)
class Unit:
    """One run of a proof, as ordered."""

    proof: Proof
    order: Order

    @property
    def build(self) -> str:
        return self.order.broken

    @property
    def name(self) -> str:
        return f"{self.proof.id} {self.build}".strip()

    @property
    def is_alone(self) -> bool:
        """Tell whether it bears nobody beside it; a broken build only where time is what it is caught by."""
        return self.build in self.proof.of_time if self.build else self.proof.is_alone

    @property
    def is_busy(self) -> bool:
        """Tell whether it takes what the machine has, so that no other such one is to run beside it."""
        return not self.build and not self.proof.waits


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for."""

    proofs: Sequence[Proof]
    seed: int
    quick: bool = False
    minutes: float = 0
    only: Collection[str] = ()

    def builds_of(self, proof: Proof) -> tuple[str, ...]:
        """Return the broken builds of a proof that are tried."""
        if self.only:
            return tuple(build for build in proof.broken if build in self.only)
        return builds.chosen(proof, self.seed, quick=self.quick)


def plan(asked: Asked) -> list[Unit]:
    """Return all units: those that take the machine, those that wait, the broken builds, and at last those alone; of
    each kind those that take longest first, so that in the end nobody waits long for one of them.
    """
    wholes = [] if asked.only else [Unit(proof, _order(asked, "")) for proof in asked.proofs]
    rows = [[Unit(proof, _order(asked, build)) for build in asked.builds_of(proof)] for proof in asked.proofs]
    return sorted([*wholes, *_in_turn(rows)], key=_place)


def startable(waiting: Sequence[Unit], running: Collection[Unit]) -> Unit | None:
    """Return the first unit that may run beside those that run; None while none may."""
    if len(running) >= HANDS or any(unit.is_alone for unit in running):
        return None
    busy = any(unit.is_busy for unit in running)
    for unit in waiting:
        if unit.is_alone:
            return None if running else unit
        if not (busy and unit.is_busy):
            return unit
    return None


def expected_seconds(unit: Unit) -> float:
    """Return how long a unit takes: as long as the last time, else as was thought."""
    told = _told(unit.proof.id, quick=unit.order.quick)
    if unit.build:
        return float(told.get("broken_builds", {}).get(unit.build, {}).get("seconds") or OF_A_BUILD)
    known = told.get("seconds") or SECONDS.get(unit.proof.id, UNKNOWN)[unit.order.quick]
    return max(float(known), unit.order.minutes * 60 if unit.proof.is_about_time else 0)


def expected_of_all(units: Sequence[Unit]) -> float:
    """Return how long a run takes, in seconds, when each unit takes as long as is expected."""
    waiting, running, now = list(units), dict[Unit, float](), 0.0
    while waiting or running:
        while (unit := startable(waiting, running)) is not None:
            waiting.remove(unit)
            running[unit] = now + expected_seconds(unit)
        now = min(running.values())
        running = {unit: ends for unit, ends in running.items() if ends > now}
    return now


def _order(asked: Asked, build: str) -> Order:
    return Order(asked.seed, asked.quick, build, asked.minutes)


def _place(unit: Unit) -> tuple[bool, bool, bool, float]:
    return unit.is_alone, bool(unit.build), not unit.build and unit.proof.waits, -expected_seconds(unit)


def _in_turn(rows: Sequence[Sequence[Unit]]) -> Iterator[Unit]:
    """Yield the first of each row, then the second of each: what one proof lacks is known early."""
    for column in zip_longest(*rows):
        yield from (unit for unit in column if unit is not None)


def _told(identifier: str, *, quick: bool) -> dict[str, Any]:
    """Return the figures of the last run of a proof, if that was of the same kind."""
    for each in results.last():
        figures: dict[str, Any] = each["figures"]
        if each["id"] == identifier and figures.get("quick") is quick:
            return figures
    return {}
