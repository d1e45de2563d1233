"""What is due on each of many days, and in each week what can fill a quota: the rule behind every calendar.

Works on versions, terms and dates alone, so no zone and no change of clocks can play a part. How much of a week's quota
is expected is adherence's arithmetic; here stand its eligible days with the quota that holds on each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hep_api.dosing.schedule import ScheduleKind
from hep_api.plans.occurrences import PlanTerms, is_quota_eligible, standing_on
from hep_api.plans.timeline import VersionInForce

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One version of a prescription with the plan that it stands in."""

    plan_id: UUID
    terms: PlanTerms
    version: VersionInForce


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """A version in force on a day; the fields of `occurrences.Standing`, its due doings by their slots."""

    plan_id: UUID
    prescription_id: UUID
    version: int
    kind: ScheduleKind
    slots: Sequence[int]
    due: bool
    rest: bool
    paused: bool
    eligible: bool


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    items: Sequence[CalendarItem]


@dataclass(frozen=True, slots=True)
class EligibleDay:
    """A day on which a doing fills a quota, and how many a week that quota asks for."""

    day: date
    version: int
    times_per_week: int


@dataclass(frozen=True, slots=True)
class QuotaWeek:
    """One prescription's whole week from Monday on, as far as a quota can be filled in it."""

    plan_id: UUID
    prescription_id: UUID
    monday: date
    eligible: Sequence[EligibleDay]


def days_of(lines: Sequence[Line], first: date, last: date) -> list[CalendarDay]:
    """Return every day from `first` to `last`, both included, each with what is in force in the order of the lines."""
    return [
        CalendarDay(day, [item for line in lines if (item := _item(line, day)) is not None])
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]


def quota_weeks_of(lines: Iterable[Line], first: date, last: date) -> list[QuotaWeek]:
    """Return the weeks that hold a day from `first` to `last` and one on which a quota can be filled, by date."""
    quotas = [line for line in lines if line.version.schedule.kind is ScheduleKind.WEEKLY_QUOTA]
    weeks: list[QuotaWeek] = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        weeks += _weeks_from(quotas, monday)
        monday += ONE_WEEK
    return weeks


def _item(line: Line, day: date) -> CalendarItem | None:
    standing = standing_on(line.version, line.terms, day)
    if standing is None:
        return None
    return CalendarItem(
        plan_id=line.plan_id,
        prescription_id=line.version.prescription_id,
        version=line.version.version,
        kind=line.version.schedule.kind,
        slots=list(range(1, standing.expected + 1)),
        due=standing.due,
        rest=standing.rest,
        paused=standing.paused,
        eligible=standing.eligible,
    )


def _weeks_from(quotas: Iterable[Line], monday: date) -> list[QuotaWeek]:
    """Return the week of each prescription; a new version in midweek carries on the same week."""
    eligible: dict[tuple[UUID, UUID], list[EligibleDay]] = {}
    for line in quotas:
        for day in (monday + timedelta(days=n) for n in range(7)):
            if is_quota_eligible(line.version, line.terms, day):
                of_week = eligible.setdefault((line.plan_id, line.version.prescription_id), [])
                of_week.append(EligibleDay(day, line.version.version, line.version.schedule.times_per_week or 0))
    return [QuotaWeek(*named, monday, sorted(days, key=lambda each: each.day)) for named, days in eligible.items()]
