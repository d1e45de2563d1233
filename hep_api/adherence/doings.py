"""What the entries of one prescription on one local day are worth (docs/metrics.md).

Decides volume ratio, credit and which entries are one doing, in exact fractions. How doings meet what was
expected is left to `counting`.
"""

import enum
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from hep_api.adherence.entries import Event, EventKind, SkipReason
from hep_api.dosing.dose import Dose
from hep_api.plans.timeline import Item

COMPLETED_FROM = Fraction(1, 2)
NOTHING, WHOLE = Fraction(0), Fraction(1)


class State(enum.StrEnum):
    """What became of a doing, or of an occurrence."""

    DONE = "done"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    NOT_RECORDED = "not_recorded"


class Doing(NamedTuple):
    """Entries that name one slot, or one entry that names none; `ratio` is the largest v among them.

    `item` is the dose and schedule that the deciding entry is measured by.
    """

    slot: int | None
    ratio: Fraction
    item: Item
    entries: tuple[Event, ...]

    # Nearly all doings are of exactly what was planned: asked by identity first, as comparing fractions is slow.

    @property
    def credit(self) -> Fraction:
        return WHOLE if self.ratio is WHOLE else min(WHOLE, self.ratio)

    @property
    def is_completed(self) -> bool:
        return self.ratio is WHOLE or self.ratio >= COMPLETED_FROM

    @property
    def is_partial(self) -> bool:
        return self.ratio is not WHOLE and 0 < self.ratio < COMPLETED_FROM

    @property
    def is_skipped(self) -> bool:
        """Say whether it counts as a skip; a slot reported both done and skipped is done."""
        return self.ratio is not WHOLE and self.ratio == 0 and any(e.kind is EventKind.SKIPPED for e in self.entries)

    @property
    def state(self) -> State:
        """Return what it is by itself; a partial with nothing done counts as not recorded."""
        if self.is_completed:
            return State.DONE
        if self.is_partial:
            return State.PARTIAL
        return State.SKIPPED if self.is_skipped else State.NOT_RECORDED

    @property
    def skip_reason(self) -> SkipReason | None:
        """Return the reason of the skip; of several reports in a slot the highest id that gives one."""
        by_id = sorted(self.entries, key=lambda entry: entry.id.bytes, reverse=True)
        skips = (entry for entry in by_id if entry.kind is EventKind.SKIPPED)
        return next((entry.skip_reason for entry in skips if entry.skip_reason), None)


class Amounts(Protocol):
    """What was done, per set; None where nothing was named."""

    @property
    def kind(self) -> EventKind: ...
    @property
    def sets(self) -> int | None: ...
    @property
    def reps(self) -> int | None: ...
    @property
    def seconds(self) -> int | None: ...
    @property
    def sides(self) -> int | None: ...


def volume_ratio(event: Amounts, dose: Dose) -> Fraction:
    """Return v, volume done over volume planned; a component left out counts as planned.

    The planned unit decides: seconds reported for a dose in reps are ignored, and the other way round.
    """
    if event.kind is EventKind.SKIPPED:
        return NOTHING
    reported = event.reps if dose.unit == "reps" else event.seconds
    per_set = _else(reported, dose.amount_per_set)
    done = _else(event.sets, dose.sets) * per_set * _else(event.sides, dose.sides)
    planned = dose.planned_volume
    # Most reports are of exactly what was planned, and making fractions is what counting spends its time on.
    return WHOLE if done == planned else Fraction(done, planned)


def total(ratios: Iterable[Fraction]) -> Fraction:
    """Return the exact sum; the whole ones and the empty ones are counted, not added."""
    whole, rest = 0, NOTHING
    for ratio in ratios:
        if ratio is WHOLE:
            whole += 1
        elif ratio is not NOTHING:
            rest += ratio
    return _exactly(whole) if rest is NOTHING else whole + rest


@lru_cache
def _exactly(whole: int) -> Fraction:
    return Fraction(whole)


def doings_of(entries: Iterable[Event], item_of: Callable[[Event], Item]) -> list[Doing]:
    """Return the doings among one day's entries: by slot, then those without a slot by their ids."""
    slots: dict[int, list[Event]] = {}
    without: list[Event] = []
    # By the number that an id is, which orders as its bytes do.
    for entry in sorted(entries, key=lambda each: each.id.int):
        if entry.slot is None:
            without.append(entry)
        else:
            slots.setdefault(entry.slot, []).append(entry)
    doings = [_doing(slot, slots[slot], item_of) for slot in sorted(slots)]
    return doings + [_doing(None, [entry], item_of) for entry in without]


def _doing(slot: int | None, entries: list[Event], item_of: Callable[[Event], Item]) -> Doing:
    """Measure the entries of one doing; two phones report the same slot, and the larger report holds."""
    if len(entries) == 1:
        item = item_of(entries[0])
        return Doing(slot, volume_ratio(entries[0], item.dose), item, tuple(entries))
    measured = [(volume_ratio(entry, item_of(entry).dose), entry.version, entry) for entry in entries]
    ratio, _, deciding = max(measured, key=lambda each: each[:2])
    return Doing(slot, ratio, item_of(deciding), tuple(entries))


def _else(reported: int | None, planned: int) -> int:
    return planned if reported is None else reported
