"""The occurrences behind a number: what `why` lists, so that it adds up to what `counting` counts.

Decides which doing fills which occurrence; how much is expected and credited in all follows the same
rules as the counts and is tested against them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from hep_api.adherence.days import Day, expected_of_quota
from hep_api.adherence.doings import Doing, State
from hep_api.adherence.entries import Event, SkipReason
from hep_api.adherence.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One occurrence, or a doing beyond what was expected, listed on the day whose count it belongs to.

    `version` is the one in force on the day that it was performed on, or else on the day it is listed on.
    `volume` is v, summed where a quota takes several doings of a day for one. Not expected and `extra`:
    completed beyond the prescription. Not expected and not extra: reported and shown, but in no ratio but
    the relative dose.
    """

    listed_on: date
    state: State
    expected: bool = False
    extra: bool = False
    as_needed: bool = False
    performed_on: date | None = None
    version: int | None = None
    credit: Fraction = Fraction(0)
    volume: Fraction = Fraction(0)
    skip_reason: SkipReason | None = None
    events: tuple[Event, ...] = ()

    @property
    def late(self) -> bool:
        return any(event.late for event in self.events)

    @property
    def event_ids(self) -> tuple[UUID, ...]:
        return tuple(event.id for event in self.events)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What can fill one occurrence: a doing, or on a quota's day all completed doings together."""

    on: Day
    doings: tuple[Doing, ...]
    credit: Fraction

    @property
    def day(self) -> date:
        return self.on.day

    @property
    def state(self) -> State:
        return self.doings[0].state


def explain_week(days: Sequence[Day], window: Window) -> list[Explained]:
    """Return what stands behind the counts of a prescription's week, as far as they lie in the window."""
    explained: list[Explained] = []
    for day in days:
        if not day.eligible:
            units = [_Unit(day, (doing,), doing.credit) for doing in day.doings]
            credited = _largest([unit.credit for unit in units], day.expected)
            explained += _fill(day, day.expected, credited, units, window)
        explained += _explain_as_needed(day)
    explained += _explain_quota([day for day in days if day.eligible], window)
    return sorted((each for each in explained if each.listed_on in window), key=lambda each: each.listed_on)


def _explain_quota(eligible: Sequence[Day], window: Window) -> list[Explained]:
    """Explain a week's quota where it is booked; when that is outside the window, its doings stand alone."""
    if not eligible:
        return []
    units = [unit for day in eligible for unit in _units_of_quota_day(day)]
    booked_on = eligible[-1]
    if booked_on.day not in window:
        return [_outside(unit) for unit in units]
    expected = expected_of_quota(eligible)
    credited = min(Fraction(expected), sum((unit.credit for unit in units), Fraction(0)))
    return _fill(booked_on, expected, credited, units, window)


def _units_of_quota_day(day: Day) -> list[_Unit]:
    """Return the day's units: its completed doings are one, and only the largest credit of the day counts."""
    ranked = sorted(day.doings, key=lambda doing: -doing.ratio)
    completed = tuple(doing for doing in ranked if doing.is_completed)
    grouped = [completed] if completed else []
    grouped += [(doing,) for doing in ranked if not doing.is_completed]
    return [_Unit(day, doings, doings[0].credit if place == 0 else Fraction(0)) for place, doings in enumerate(grouped)]


def _fill(listed: Day, expected: int, credited: Fraction, units: Iterable[_Unit], window: Window) -> list[Explained]:
    """Fill the expected occurrences: done first, then partial, then skipped; the rest is beyond them."""
    order = list(State)
    ranked = sorted(units, key=lambda unit: (order.index(unit.state), -_size(unit)))
    explained = []
    for place, unit in enumerate(ranked):
        credit = min(unit.credit, credited)
        credited -= credit
        explained.append(
            Explained(
                listed_on=listed.day,
                state=unit.state,
                expected=place < expected,
                extra=place >= expected and unit.state is State.DONE,
                performed_on=unit.day,
                version=_version(unit.on),
                credit=credit,
                volume=_size(unit) if unit.day in window else Fraction(0),
                skip_reason=unit.doings[0].skip_reason if unit.state is State.SKIPPED else None,
                events=_events(unit.doings),
            )
        )
    missing = Explained(listed_on=listed.day, state=State.NOT_RECORDED, expected=True, version=_version(listed))
    return explained + [missing] * (expected - len(ranked))


def _outside(unit: _Unit) -> Explained:
    """Show a doing whose week is booked outside the window; only its volume counts inside."""
    return Explained(
        listed_on=unit.day,
        state=unit.state,
        performed_on=unit.day,
        version=_version(unit.on),
        volume=_size(unit),
        skip_reason=unit.doings[0].skip_reason if unit.state is State.SKIPPED else None,
        events=_events(unit.doings),
    )


def _explain_as_needed(day: Day) -> list[Explained]:
    return [
        Explained(
            listed_on=day.day,
            state=doing.state,
            as_needed=True,
            performed_on=day.day,
            version=_version(day),
            events=doing.entries,
        )
        for doing in day.as_needed
    ]


def _version(day: Day) -> int | None:
    return None if day.version is None else day.version.version


def _largest(credits_given: list[Fraction], expected: int) -> Fraction:
    return sum(sorted(credits_given, reverse=True)[:expected], Fraction(0))


def _size(unit: _Unit) -> Fraction:
    return sum((doing.ratio for doing in unit.doings), Fraction(0))


def _events(doings: Iterable[Doing]) -> tuple[Event, ...]:
    return tuple(entry for doing in doings for entry in doing.entries)
