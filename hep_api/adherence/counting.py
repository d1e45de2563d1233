"""One prescription in one week, Monday to Sunday, counted day by day (docs/metrics.md).

The unit of every recount: a weekly quota cannot be counted by the day, so nothing is. Decides what was
expected, completed, credited and extra; the figures made of it are left to `measures`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from hep_api.adherence.days import Day, expected_of_quota, week_of_days
from hep_api.adherence.doings import NOTHING, Doing, total
from hep_api.adherence.entries import Event, SkipReason
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import Item, VersionInForce


class DayCount(NamedTuple):
    """One prescription on one local day; a week's quota is booked whole on its last eligible day.

    `volume` is the sum of v over the doings, `due` says that a schedule (no quota) asked for something,
    `skip_reasons` has one place for each skipped occurrence.
    """

    day: date
    version: int | None = None
    expected: int = 0
    completed: int = 0
    credited: Fraction = Fraction(0)
    partial: int = 0
    skip_reasons: tuple[SkipReason | None, ...] = ()
    volume: Fraction = Fraction(0)
    due: bool = False
    as_needed_doings: int = 0
    over_maximum: bool = False
    entries: int = 0
    pains: tuple[int, ...] = ()
    efforts: tuple[int, ...] = ()

    @property
    def done(self) -> int:
        return min(self.completed, self.expected)

    @property
    def extra(self) -> int:
        return max(0, self.completed - self.expected)

    @property
    def skipped(self) -> int:
        return len(self.skip_reasons)

    @property
    def not_recorded(self) -> int:
        return self.expected - self.done - self.partial - self.skipped

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was expected or reported or booked, so that no row need be kept."""
        return self.expected == 0 and self.completed == 0 and self.entries == 0


def count_week(
    versions: Sequence[VersionInForce],
    terms: PlanTerms,
    monday: date,
    entries: Iterable[Event],
    named: Mapping[int, Item],
) -> list[DayCount]:
    """Return the seven counts of the week that starts on `monday`; arguments as for `week_of_days`."""
    days = week_of_days(versions, terms, monday, entries, named)
    counts = [_count_reported(day) if day.eligible else _count_day(day) for day in days]
    eligible = [place for place, day in enumerate(days) if day.eligible]
    if eligible:
        last = eligible[-1]
        counts[last] = _book_quota(counts[last], [days[place] for place in eligible])
    return counts


def _count_day(day: Day) -> DayCount:
    """Count a day that stands on its own; where nothing is expected every completed doing is extra."""
    expected, doings = day.expected, day.doings
    if not day.entries:
        return DayCount(day=day.day, version=_number(day), expected=expected, due=expected > 0)
    completed = sum(doing.is_completed for doing in doings)
    partial, reasons = _states(expected - min(completed, expected), doings)
    return DayCount(
        **_reported(day),
        expected=expected,
        completed=completed,
        credited=_largest(expected, doings),
        partial=partial,
        skip_reasons=reasons,
        due=expected > 0,
    )


def _count_reported(day: Day) -> DayCount:
    """Count what belongs to the day itself where the rest is booked on the week's last eligible day."""
    return DayCount(**_reported(day)) if day.entries else DayCount(day=day.day, version=_number(day))


def _reported(day: Day) -> dict[str, Any]:
    """Return what every day counts of what was reported for it."""
    return {
        "day": day.day,
        "version": _number(day),
        "volume": total(doing.ratio for doing in day.doings),
        "as_needed_doings": sum(doing.ratio > 0 for doing in day.as_needed),
        "over_maximum": bool(day.as_needed) and _is_over_maximum(day.as_needed),
        "entries": len(day.entries),
        "pains": tuple([entry.pain for entry in day.entries if entry.pain is not None]),
        "efforts": tuple([entry.effort for entry in day.entries if entry.effort is not None]),
    }


def _book_quota(count: DayCount, eligible: Sequence[Day]) -> DayCount:
    """Book the week's quota; a second doing on an eligible day adds nothing but its volume."""
    expected = expected_of_quota(eligible)
    largest = total(max((doing.credit for doing in day.doings), default=NOTHING) for day in eligible)
    completed = sum(any(doing.is_completed for doing in day.doings) for day in eligible)
    doings = [doing for day in eligible for doing in day.doings]
    partial, reasons = _states(expected - min(completed, expected), doings)
    return count._replace(
        expected=expected,
        completed=completed,
        credited=min(Fraction(expected), largest),
        partial=partial,
        skip_reasons=reasons,
    )


def _largest(expected: int, doings: Sequence[Doing]) -> Fraction:
    """Return the sum of the largest credits, as many as were expected."""
    found = [doing.credit for doing in doings]
    return total(found if len(found) <= expected else sorted(found, reverse=True)[:expected])


def _states(room: int, doings: Sequence[Doing]) -> tuple[int, tuple[SkipReason | None, ...]]:
    """Fill the `room` of occurrences that are not done: partial first, then skipped; the rest stays not recorded."""
    if room == 0:
        return 0, ()
    partial = min(room, sum(doing.is_partial for doing in doings))
    reasons = [doing.skip_reason for doing in doings if doing.is_skipped]
    return partial, tuple(reasons[: room - partial])


def _number(day: Day) -> int | None:
    return None if day.version is None else day.version.version


def _is_over_maximum(as_needed: Sequence[Doing]) -> bool:
    """Say whether the doings pass the maximum; without a version in force the tightest one named decides."""
    done = [doing for doing in as_needed if doing.ratio > 0]
    limits = [doing.item.schedule.max_per_day for doing in done]
    return any(limit is not None and len(done) > limit for limit in limits)
