"""How often in a row it went well: days with something due, and weeks with a quota (docs/metrics.md, Streaks).

Decides what keeps, breaks and extends a streak. Works on dates summed over prescriptions, so that figures made of
counts and one statement over a whole history give the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from hep_api.adherence.counting import DayCount
from hep_api.adherence.days import monday_of
from hep_api.adherence.windows import Window


class Standing(NamedTuple):
    """What a date adds to streaks: whether it was active, None when nothing was due; whether every quota that is booked
    on it was met, None when none is.
    """

    day: date
    active: bool | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class Streak:
    """Days, or weeks, in a row: the run that reaches to the end, and the longest.

    `since` is the first day of the current run, of weeks a Monday, None when there is none. `includes_open`: today,
    or this week, which is not over, counts in already.
    """

    current: int
    longest: int
    since: date | None
    includes_open: bool


@dataclass(frozen=True, slots=True)
class Streaks:
    days: Streak
    weeks: Streak


def standings(counts: Iterable[DayCount]) -> list[Standing]:
    """Return the dates of the counts that can add to a streak, in order."""
    due: dict[date, bool] = {}
    booked: dict[date, bool] = {}
    for count in counts:
        if count.due:
            due[count.day] = due.get(count.day, False) or count.completed >= 1
        elif count.expected:
            booked[count.day] = booked.get(count.day, True) and count.completed >= count.expected
    return [Standing(day, due.get(day), booked.get(day)) for day in sorted(due.keys() | booked.keys())]


def streaks(found: Iterable[Standing], window: Window, today: date | None = None) -> Streaks:
    """Return the streaks of the window's dates; `found` reaches, when today counts in, to the Sunday of its week.

    `today` is the day behind the window that is not over: it, and its week, may extend a run but never break it.
    """
    found = list(found)
    return Streaks(_days(found, window, today), _weeks(found, window, today))


def days_in_a_row(weeks: Iterable[int]) -> tuple[int, int]:
    """Return the current and the longest streak of days of weeks in order.

    A week is fourteen bits: which days had something due, above those that were active, Monday's the lowest of each.
    """
    runs = "".join(map(_told, weeks)).split("0")
    return len(runs[-1]), max(map(len, runs))


@cache
def _told(week: int) -> str:
    """Return the days of a week that had something due, in order: 1 an active one, 0 a missed one."""
    due, active = divmod(week, 1 << 7)
    return "".join("1" if active >> place & 1 else "0" for place in range(7) if due >> place & 1)


def _days(found: Sequence[Standing], window: Window, today: date | None) -> Streak:
    over = [(each.day, each.active) for each in found if each.day in window and each.active is not None]
    extends = any(each.day == today and each.active for each in found)
    return _streak(over, today if extends else None)


def _weeks(found: Sequence[Standing], window: Window, today: date | None) -> Streak:
    """A week is over when every quota of it is booked on a day that is; until then it can only extend."""
    this_monday = None if today is None else monday_of(today)
    over: dict[date, bool] = {}
    still_open: dict[date, bool] = {}
    for day, _, met in found:
        if met is None:
            continue
        if day in window:
            over[monday_of(day)] = over.get(monday_of(day), True) and met
        elif day > window.last and monday_of(day) == this_monday:
            still_open[this_monday] = still_open.get(this_monday, True) and met
    for monday, met in still_open.items():
        # One of its quotas may have been booked already, on a day that is over.
        still_open[monday] = over.pop(monday, True) and met
    extends = this_monday is not None and still_open.get(this_monday, False)
    return _streak(sorted(over.items()), this_monday if extends else None)


def _streak(over: Sequence[tuple[date, bool]], open_one: date | None) -> Streak:
    """Return the streak of dates that were kept or not, in order, and one more that is not over but kept already."""
    longest, run, since = 0, 0, None
    for day, kept in [*over, *([] if open_one is None else [(open_one, True)])]:
        run, since = (run + 1, since or day) if kept else (0, None)
        longest = max(longest, run)
    return Streak(run, longest, since, open_one is not None)
