"""Doses with schedules, in the order in which every language's test says them."""

from hep_api.dosing.dose import Dose, Load, LoadUnit
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday


def daily(times: int) -> Schedule:
    return Schedule(ScheduleKind.DAILY, times_per_day=times)


def on(days: str, times: int = 1) -> Schedule:
    weekdays = frozenset(Weekday[day.upper()] for day in days.split())
    return Schedule(ScheduleKind.WEEKDAYS, weekdays=weekdays, times_per_day=times)


def every(n: int, times: int = 1) -> Schedule:
    return Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=n, times_per_day=times)


def weekly(times: int) -> Schedule:
    return Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=times)


def needed(most: int | None = None) -> Schedule:
    return Schedule(ScheduleKind.AS_NEEDED, max_per_day=most)


def reps(sets: int, n: int, hold: int | None = None, sides: int = 1, rest: int | None = None) -> Dose:
    return Dose(sets, reps=n, hold_seconds=hold, sides=sides, rest_seconds=rest)


def hold(sets: int, seconds: int, sides: int = 1, rest: int | None = None) -> Dose:
    return Dose(sets, hold_seconds=seconds, sides=sides, rest_seconds=rest)


def lasting(sets: int, seconds: int, sides: int = 1, rest: int | None = None) -> Dose:
    return Dose(sets, duration_seconds=seconds, sides=sides, rest_seconds=rest)


def loaded(unit: str, value: float | None = None, colour: str | None = None) -> Dose:
    return Dose(3, reps=12, load=Load(LoadUnit(unit), value, colour))


COMBINATIONS = [
    (reps(3, 10, hold=5, sides=2), on("mon wed fri", 2)),
    (reps(3, 10), daily(1)),
    (reps(3, 10), daily(2)),
    (reps(3, 10), daily(3)),
    (reps(3, 10), daily(12)),
    (reps(1, 1), daily(1)),
    (reps(1, 15), daily(2)),
    (reps(2, 1), daily(1)),
    (reps(50, 1000), daily(1)),
    (reps(1, 5, hold=1), daily(1)),
    (reps(3, 8, hold=60), daily(1)),
    (reps(3, 8, rest=1), daily(1)),
    (reps(3, 8, sides=2, rest=90), daily(1)),
    (reps(1, 8, rest=30), daily(1)),
    (reps(4, 6, hold=3, rest=120), on("tue thu", 1)),
    (hold(1, 30), daily(1)),
    (hold(2, 30), daily(1)),
    (hold(4, 30, sides=2), daily(2)),
    (hold(3, 20, rest=10), every(2)),
    (hold(1, 45, rest=15), every(3)),
    (lasting(1, 1200), daily(1)),
    (lasting(1, 60), daily(1)),
    (lasting(3, 120, sides=2), daily(1)),
    (lasting(2, 90, rest=60), every(2, 2)),
    (lasting(1, 3600), weekly(3)),
    (lasting(1, 5400), weekly(1)),
    (lasting(1, 7325), weekly(2)),
    (lasting(1, 86_400), weekly(7)),
    (lasting(1, 3601), every(7)),
    (lasting(1, 20), every(14, 3)),
    (reps(2, 12), on("mon")),
    (reps(2, 12), on("wed", 2)),
    (reps(2, 12), on("sun", 3)),
    (reps(2, 12), on("mon tue wed thu fri")),
    (reps(2, 12), on("wed thu fri sat sun", 2)),
    (reps(2, 12), on("mon tue wed thu sat")),
    (reps(2, 12), on("sat sun")),
    (reps(2, 12), on("mon tue wed thu fri sat sun", 2)),
    (loaded("kg", 2.5), needed()),
    (loaded("kg", 10), needed(1)),
    (loaded("lb", 7.25), needed(2)),
    (loaded("lb", 1000), needed(3)),
    (loaded("band", colour="red"), needed(13)),
    (loaded("band", colour="Gray"), needed(100)),
    (loaded("band", colour="orange"), daily(1)),
    (loaded("band", colour="Level 3"), daily(4)),
]
