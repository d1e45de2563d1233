"""What holds and what was reported on each day of one prescription's week.

Brings together the version in force, the plan's terms and the entries; what that amounts to is left to
`counting` (numbers) and `explaining` (the occurrences behind them).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hep_api.adherence.doings import Doing, doings_of
from hep_api.adherence.entries import Event
from hep_api.dosing.schedule import ScheduleKind
from hep_api.plans.occurrences import PlanTerms, expected_on, is_quota_eligible
from hep_api.plans.timeline import Item, VersionInForce

OF_A_WEEK = tuple(timedelta(days=n) for n in range(7))


class Day(NamedTuple):
    """One local day of one prescription; `eligible` for the weekly quota in force.

    `doings` leaves out those done as needed, which stand apart in every measure.
    """

    day: date
    version: VersionInForce | None
    expected: int
    eligible: bool
    entries: tuple[Event, ...]
    doings: tuple[Doing, ...]
    as_needed: tuple[Doing, ...]


def monday_of(day: date) -> date:
    """Return the Monday of the day's week, by which weeks are named everywhere."""
    return day - timedelta(days=day.weekday())


def week_of_days(
    versions: Sequence[VersionInForce],
    terms: PlanTerms,
    monday: date,
    entries: Iterable[Event],
    named: Mapping[int, Item],
) -> list[Day]:
    """Return the seven days from `monday` on; entries of other weeks are passed over.

    `versions` and `entries` (those in force) are of one prescription. `named` gives dose and schedule of each
    version that an entry names: they stand in on a day on which no version is in force.
    """
    by_day: dict[date, list[Event]] = {}
    for entry in sorted(entries, key=lambda each: each.id.int):
        by_day.setdefault(entry.performed_on, []).append(entry)
    dates = [monday + each for each in OF_A_WEEK]
    return [_day(versions, terms, day, by_day.get(day, ()), named) for day in dates]


def expected_of_quota(eligible: Sequence[Day]) -> int:
    """Return floor(sum of n/7 over the eligible days, plus 0.5), n by the version in force on each."""
    sevenths = sum(day.version.schedule.times_per_week or 0 for day in eligible if day.version)
    return (2 * sevenths + 7) // 14


def _day(
    versions: Sequence[VersionInForce],
    terms: PlanTerms,
    day: date,
    entries: Sequence[Event],
    named: Mapping[int, Item],
) -> Day:
    version = next((each for each in versions if each.covers(day)), None)
    expected = 0 if version is None else expected_on(version, terms, day)
    eligible = version is not None and is_quota_eligible(version, terms, day)
    if not entries:
        return Day(day, version, expected, eligible, (), (), ())
    in_force = None if version is None else Item(version.dose, version.schedule)
    doings: list[Doing] = []
    as_needed: list[Doing] = []
    for each in doings_of(entries, lambda entry: in_force or named[entry.version]):
        (as_needed if _is_as_needed(each) else doings).append(each)
    return Day(day, version, expected, eligible, tuple(entries), tuple(doings), tuple(as_needed))


def _is_as_needed(doing: Doing) -> bool:
    return doing.item.schedule.kind is ScheduleKind.AS_NEEDED
