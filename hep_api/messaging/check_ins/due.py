"""On which dates a check-in is due by a rule, and at which instants: wall time in the patient's zone.

A date counts once, as lived: whoever flies west and has a day twice is asked once. Where the clocks skip the time, it
is due when they have; where they show it twice, the first time. Pauses, and the end of the plan, silence every rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hep_api.plans.occurrences import PlanTerms

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
# What came due while nobody was at work is asked as late as this, and else only noted.
LATEST = timedelta(days=1)
# Further back nothing is even noted.
LOOKS_BACK = timedelta(days=92)


class RuleKind(StrEnum):
    """When a rule asks: so many days after a plan's start, each week, or after so many missed days in a row."""

    AFTER_START = "after_start"
    WEEKLY = "weekly"
    MISSED_DAYS = "missed_days"


@dataclass(frozen=True, slots=True)
class Rule:
    """`days`: how many after the start, or missed; `weekday` 0 is Monday; weekly over `[from_on, until_on]`, both
    included and open when None. It asks for nothing that was due before it was made, `since`.
    """

    kind: RuleKind
    at: time
    since: datetime
    days: int | None = None
    weekday: int | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A plan of the patient's, and since when it is known: it asks for nothing before."""

    terms: PlanTerms
    known_since: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A check-in that came due: on which date of the patient's, at which instant, and whether too long ago."""

    on: date
    at: datetime
    too_late: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is due now, up to which date all is settled with it, and when to look again; None: until something
    changes.
    """

    due: Sequence[Due]
    settled_on: date | None
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Patient:
    """What a rule looks at: the patient's zone and plans, and after which closed day the missed ones were enough.

    `missed_on` is the last of the missed days in a row, of a rule that counts them; None when there are too few.
    """

    zone: str
    courses: Sequence[Course]
    missed_on: date | None = None


def look(rule: Rule, patient: Patient, settled_on: date | None, now: datetime) -> Outlook:
    """Return what is due of a rule for a patient; all dates up to `settled_on` were seen to before."""
    today = now.astimezone(ZoneInfo(patient.zone)).date()
    first = max(today - LOOKS_BACK, *([] if settled_on is None else [settled_on + ONE_DAY]), date.min)
    due: list[Due] = []
    for day in sorted(_days(rule, patient, first, today)):
        instant = due_at(day, rule.at, patient.zone)
        if instant > now:
            continue
        settled_on = day
        if instant > rule.since and _asks(rule, patient, day, instant):
            due.append(Due(day, instant, too_late=now - instant > LATEST))
    return Outlook(due, settled_on, _next_look(rule, patient, settled_on, today, now))


def due_at(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a wall time on a date, in UTC."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _days(rule: Rule, patient: Patient, first: date, last: date) -> set[date]:
    """Return the dates from `first` to `last` that the rule names, whether or not anything silences it there."""
    match rule.kind:
        case RuleKind.WEEKLY:
            return set(_weekly(rule, first, last))
        case RuleKind.AFTER_START:
            named = {course.terms.starts_on + timedelta(days=rule.days or 0) for course in patient.courses}
        case RuleKind.MISSED_DAYS:
            named = set() if patient.missed_on is None else {patient.missed_on + ONE_DAY}
    return {day for day in named if first <= day <= last}


def _weekly(rule: Rule, first: date, last: date) -> Iterator[date]:
    first = max(first, rule.from_on or first)
    last = min(last, rule.until_on or last)
    day = first + timedelta(days=((rule.weekday or 0) - first.weekday()) % 7)
    while day <= last:
        yield day
        day += ONE_WEEK


def _asks(rule: Rule, patient: Patient, day: date, instant: datetime) -> bool:
    """Tell whether a plan that was known then runs and is not paused; counted from a start, the plan that started."""
    return any(
        course.terms.expects(day)
        and course.known_since < instant
        and (rule.kind is not RuleKind.AFTER_START or (day - course.terms.starts_on).days == rule.days)
        for course in patient.courses
    )


def _next_look(rule: Rule, patient: Patient, settled_on: date | None, today: date, now: datetime) -> datetime | None:
    """Return when the next date may be due: pauses are looked at when its time has come."""
    candidates = sorted(_ahead(rule, patient, today))
    for day in candidates:
        instant = due_at(day, rule.at, patient.zone)
        is_open = settled_on is None or day > settled_on
        if is_open and instant > now and any(_may_run(course.terms, day) for course in patient.courses):
            return instant
    return None


def _ahead(rule: Rule, patient: Patient, today: date) -> set[date]:
    """Return the next dates that are worth a look; of those, the first that a plan may still run on is the one."""
    match rule.kind:
        case RuleKind.AFTER_START:
            return {course.terms.starts_on + timedelta(days=rule.days or 0) for course in patient.courses}
        case RuleKind.MISSED_DAYS:
            starts = {course.terms.starts_on for course in patient.courses if course.terms.starts_on > today}
            return {today, today + ONE_DAY, today + 2 * ONE_DAY} | starts
        case RuleKind.WEEKLY:
            starts = {course.terms.starts_on for course in patient.courses if course.terms.starts_on > today}
            firsts = {today, *starts}
            return {day for first in firsts for day in _weekly(rule, first, first + 2 * ONE_WEEK)} | _first_week(
                rule, today
            )


def _first_week(rule: Rule, today: date) -> set[date]:
    """Return the first date of a weekly rule that begins later."""
    if rule.from_on is None or rule.from_on <= today:
        return set()
    return set(_weekly(rule, rule.from_on, rule.from_on + ONE_WEEK))


def _may_run(terms: PlanTerms, day: date) -> bool:
    return terms.starts_on <= day and (terms.ends_on is None or day < terms.ends_on)
