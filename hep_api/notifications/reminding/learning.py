"""Times learnt from when a patient really exercises: the middle of each habit, with the days behind it.

A habit is a time of day at which the patient begins, give or take an hour and a half, on enough different days. It is
only ever suggested. No randomness, no model: the same days give the same times.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

LOOKS_BACK_DAYS = 28
# On how many different days a habit shows, and of how many that have anything recorded at least.
LEAST_DAYS = 6
LEAST_DAYS_OF_ALL = 7
# Doings nearer to each other than this are one sitting; habits are at least as far apart.
ONE_SITTING_MINUTES = 90
# Half of a habit's days lie as near to its middle, or it is none.
NEAR_MINUTES = 60
STEP_MINUTES = 15
# A time as near to one that is set already, or was dismissed, is not worth a question.
SAME_MINUTES = 45
MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Sitting:
    """When a patient began to exercise, by the wall clock where they were; `on` is the date as lived."""

    on: date
    at: time


@dataclass(frozen=True, slots=True)
class Habit:
    """A time of day, to the quarter of an hour before, and the sittings that it was learnt from, by date."""

    at: time
    sittings: tuple[Sitting, ...]


def sittings_of(doings: Iterable[tuple[date, datetime]]) -> list[Sitting]:
    """Return where each sitting begins, of (date as lived, local wall time without zone) of everything done."""
    by_day: dict[date, list[datetime]] = defaultdict(list)
    for on, wall in doings:
        by_day[on].append(wall)
    found = []
    for on, walls in sorted(by_day.items()):
        before = None
        for wall in sorted(walls):
            if before is None or (wall - before).total_seconds() > ONE_SITTING_MINUTES * 60:
                found.append(Sitting(on, wall.time().replace(second=0, microsecond=0)))
            before = wall
    return found


def habits_of(sittings: Sequence[Sitting]) -> list[Habit]:
    """Return the habits by time of day; none where too few days have anything recorded."""
    if len({each.on for each in sittings}) < LEAST_DAYS_OF_ALL:
        return []
    habits = [habit for group in _groups(sittings) if (habit := _habit(group)) is not None]
    return sorted(habits, key=lambda habit: habit.at)


def worth_suggesting(habits: Iterable[Habit], present: Collection[time], dismissed: Collection[time]) -> list[Habit]:
    """Return the habits that lie away from every time that is set already, or that was dismissed."""
    known = [*present, *dismissed]
    return [habit for habit in habits if all(minutes_apart(habit.at, at) >= SAME_MINUTES for at in known)]


def replaced_by(habit: Habit, present: Collection[time], habits: Iterable[Habit]) -> time | None:
    """Return the time whose place the habit would take: the nearest that no habit bears out; None: it is added."""
    idle = [at for at in present if all(minutes_apart(each.at, at) >= SAME_MINUTES for each in habits)]
    return min(idle, key=lambda at: (minutes_apart(habit.at, at), at), default=None)


def minutes_apart(one: time, other: time) -> int:
    """Return how far two times of day lie apart, the shorter way around the clock."""
    apart = abs(_minute(one) - _minute(other))
    return min(apart, MINUTES_OF_DAY - apart)


def _groups(sittings: Sequence[Sitting]) -> list[list[Sitting]]:
    """Part the clock where nobody begins for longer than a sitting; begun behind its longest gap, as it is round."""
    by_minute = sorted(sittings, key=lambda each: (_minute(each.at), each.on))
    minutes = [_minute(each.at) for each in by_minute]
    before = [minutes[-1] - MINUTES_OF_DAY, *minutes[:-1]]
    gaps = [minute - earlier for minute, earlier in zip(minutes, before, strict=True)]
    longest = gaps.index(max(gaps))
    groups: list[list[Sitting]] = []
    for place in (*range(longest, len(gaps)), *range(longest)):
        if not groups or gaps[place] > ONE_SITTING_MINUTES:
            groups.append([])
        groups[-1].append(by_minute[place])
    return groups


def _habit(group: Sequence[Sitting]) -> Habit | None:
    """Return the habit of sittings in their order around the clock, the first of each date."""
    firsts: dict[date, Sitting] = {}
    for each in group:
        firsts.setdefault(each.on, each)
    kept = list(firsts.values())
    if len(kept) < LEAST_DAYS:
        return None
    middle = kept[(len(kept) - 1) // 2].at
    near = sum(minutes_apart(each.at, middle) <= NEAR_MINUTES for each in kept)
    if near * 2 < len(kept):
        return None
    minute = _minute(middle) // STEP_MINUTES * STEP_MINUTES
    return Habit(time(minute // 60, minute % 60), tuple(sorted(kept, key=lambda each: each.on)))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
