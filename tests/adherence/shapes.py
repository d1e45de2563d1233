"""Small pieces for the rule tests of adherence: doses, weeks and reports by their shortest names."""

from datetime import date, timedelta
from itertools import count
from uuid import UUID

from hep_api.adherence.counting import DayCount, count_week
from hep_api.adherence.entries import Event, EventKind, entries_in_force
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import Item, VersionInForce

SQUAT = UUID(int=1)
BRIDGE = UUID(int=2)
MONDAY = date(2026, 6, 1)
TEN = Dose(sets=3, reps=10)
PLANK = Dose(sets=2, hold_seconds=30, sides=2)
DAILY = Schedule(ScheduleKind.DAILY, times_per_day=1)
TWICE_DAILY = Schedule(ScheduleKind.DAILY, times_per_day=2)
THREE_A_WEEK = Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3)
AS_NEEDED = Schedule(ScheduleKind.AS_NEEDED, max_per_day=2)
OPEN_PLAN = PlanTerms(MONDAY - timedelta(days=28))

_numbers = count(1)


def uid(number: int) -> UUID:
    """An id whose order is its number's."""
    return UUID(int=number)


def report(day: int = 0, kind: str = "done", **fields: object) -> Event:
    """An event of the squat on the day-th day of the week (0 is Monday); an entry of its own unless it names one."""
    event_id = fields.pop("id", None) or uid(1000 + next(_numbers))
    fields = {"entry_id": event_id, "revision": 0, "prescription_id": SQUAT, "version": 1, **fields}
    performed_on = MONDAY + timedelta(days=day)
    return Event(id=event_id, kind=EventKind(kind), performed_on=performed_on, **fields)  # type: ignore[arg-type]


def version(
    schedule: Schedule = DAILY, dose: Dose = TEN, number: int = 1, from_day: int = -28, to_day: int | None = None
) -> VersionInForce:
    """A version of the squat over days of the week, 0 being Monday."""
    valid_from = MONDAY + timedelta(days=from_day)
    valid_to = None if to_day is None else MONDAY + timedelta(days=to_day)
    return VersionInForce(SQUAT, number, dose, schedule, valid_from, valid_to, valid_from)


def week(*events: Event, versions: list[VersionInForce] | None = None, terms: PlanTerms = OPEN_PLAN) -> list[DayCount]:
    """Count the week from Monday on; every version can be named, number 1 also when none is in force."""
    versions = [version()] if versions is None else versions
    named = {1: Item(TEN, DAILY)} | {each.version: Item(each.dose, each.schedule) for each in versions}
    return count_week(versions, terms, MONDAY, entries_in_force(events), named)


def paused(from_day: int, to_day: int | None = None) -> PlanTerms:
    until = None if to_day is None else MONDAY + timedelta(days=to_day)
    return PlanTerms(OPEN_PLAN.starts_on, None, ((MONDAY + timedelta(days=from_day), until),))
