"""Small pieces for the rule tests of plans: doses, schedules and revisions by their shortest names."""

from datetime import date
from uuid import UUID

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday
from hep_api.plans.timeline import Item, RevisionContent, VersionInForce

SQUAT, BRIDGE, PLANK = (UUID(int=n) for n in (1, 2, 3))
TEN = Dose(sets=3, reps=10)
TWELVE = Dose(sets=3, reps=12)
DAILY = Schedule(ScheduleKind.DAILY, times_per_day=1)
TWICE_DAILY = Schedule(ScheduleKind.DAILY, times_per_day=2)
MON_WED_FRI = Schedule(
    ScheduleKind.WEEKDAYS, times_per_day=1, weekdays=frozenset({Weekday.MON, Weekday.WED, Weekday.FRI})
)
SECOND_DAY = Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=2, times_per_day=1)
FIFTH_DAY_THRICE = Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=5, times_per_day=3)
THREE_A_WEEK = Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3)
AS_NEEDED = Schedule(ScheduleKind.AS_NEEDED, max_per_day=4)
SCHEDULES = [DAILY, TWICE_DAILY, MON_WED_FRI, SECOND_DAY, FIFTH_DAY_THRICE, THREE_A_WEEK, AS_NEEDED]


def on(text: str) -> date:
    return date.fromisoformat(text)


def revision(number: int, effective_on: str, **items: tuple[Dose, Schedule]) -> RevisionContent:
    """A revision whose items are named squat=, bridge=, plank=."""
    named = {"squat": SQUAT, "bridge": BRIDGE, "plank": PLANK}
    contents = {named[name]: Item(*item) for name, item in items.items()}
    return RevisionContent(number, on(effective_on), contents)


def version(schedule: Schedule, valid_from: str, valid_to: str | None = None) -> VersionInForce:
    """Version 1 of a squat whose schedule began on `valid_from`."""
    until = None if valid_to is None else on(valid_to)
    return VersionInForce(SQUAT, 1, TEN, schedule, on(valid_from), until, on(valid_from))
