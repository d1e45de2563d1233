"""The story's plan and its week, and the figures of that week worked out by hand.

The week is the last whole one, Monday to Sunday, so the figures are the same on whatever weekday the story is played.

    1 Heel slide          twice daily          Mon ++  Tue ++  Wed +s  Thu ++  Fri hs  Sat ++  Sun ..
    2 Straight leg raise  Mon, Wed, Fri        Mon +           Wed s           Fri 2x
    3 Sit to stand        3 a week                     Tue +           Thu +           Sat +   Sun +
    4 Single-leg stand    every second day     Mon +           Wed 1/3 Thu +   Fri +           Sun .
    5 Heel prop           as needed, 2 a day                   Wed +           Fri +++

`+` done as prescribed, `h` half of it, `1/3` one set of three, `2x` six sets for three, `s` skipped, `.` not recorded.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One exercise of the plan: how it is searched for, and its dose and schedule as they are sent."""

    search: str
    name: str
    words: str
    dose: Json
    schedule: Json


PLAN = (
    Prescribed(
        "heel slide", "Heel slide", "twice daily", {"sets": 2, "reps": 10}, {"kind": "daily", "times_per_day": 2}
    ),
    Prescribed(
        "streight leg raise",
        "Straight leg raise",
        "Mon, Wed, Fri",
        {"sets": 3, "reps": 10, "hold_seconds": 2},
        {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1},
    ),
    Prescribed(
        "chair rise",
        "Sit to stand",
        "3 a week",
        {"sets": 3, "reps": 8},
        {"kind": "weekly_quota", "times_per_week": 3},
    ),
    Prescribed(
        "single leg balance",
        "Single-leg stand",
        "every second day",
        {"sets": 3, "hold_seconds": 30},
        {"kind": "every_n_days", "every_n_days": 2, "times_per_day": 1},
    ),
    Prescribed(
        "heel prop",
        "Heel prop",
        "as needed, 2 a day at most",
        {"sets": 1, "duration_seconds": 300},
        {"kind": "as_needed", "max_per_day": 2},
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the phone wrote down once: exercise 1..5, day, hour, and what was done or why it was not."""

    exercise: int
    day: int
    hour: int
    fields: Json


def _done(exercise: int, day: int, hour: int, **fields: Any) -> Entry:
    return Entry(exercise, day, hour, {"kind": "done", **fields})


def _partial(exercise: int, day: int, hour: int, **fields: Any) -> Entry:
    return Entry(exercise, day, hour, {"kind": "partial", **fields})


def _skipped(exercise: int, day: int, hour: int, reason: str, **fields: Any) -> Entry:
    return Entry(exercise, day, hour, {"kind": "skipped", "skip_reason": reason, **fields})


ENTRIES = (
    _done(1, MON, 8, slot=1, sets=2, reps=10, pain=2),
    _done(1, MON, 19, slot=2, sets=2, reps=10),
    _done(2, MON, 9, sets=3, reps=10, effort=4),
    _done(4, MON, 9, sets=3, seconds=30),
    _done(1, TUE, 8, slot=1, sets=2, reps=10, pain=2),
    _done(1, TUE, 19, slot=2, sets=2, reps=10),
    _done(3, TUE, 18, sets=3, reps=8),
    _done(1, WED, 8, slot=1, sets=2, reps=10, pain=3),
    _skipped(1, WED, 19, "no_time", slot=2),
    _skipped(2, WED, 9, "pain", pain=3, comment="Sore since the stairs."),
    _partial(4, WED, 9, sets=1),
    _done(5, WED, 21),
    _done(1, THU, 8, slot=1, sets=2, reps=10, pain=3),
    _done(1, THU, 19, slot=2, sets=2, reps=10),
    _done(3, THU, 18, sets=3, reps=8),
    _done(4, THU, 18, sets=3, seconds=30, comment="A rest day, I felt like it."),
    _partial(1, FRI, 8, slot=1, sets=1, pain=4),
    _skipped(1, FRI, 19, "pain", slot=2, pain=4),
    _done(2, FRI, 9, sets=6, reps=10, effort=7),
    _done(4, FRI, 9, sets=3, seconds=30),
    _done(5, FRI, 10),
    _done(5, FRI, 15),
    _done(5, FRI, 21),
    _done(1, SAT, 8, slot=1, sets=2, reps=10, pain=4),
    _done(1, SAT, 19, slot=2, sets=2, reps=10),
    _done(3, SAT, 18, sets=3, reps=8),
    _done(3, SUN, 18, sets=3, reps=8),
)
# The one bad item, in the middle of the batch: nobody has a pain of 11 out of 10.
BAD_AT = 13
BAD_ENTRY = _done(1, THU, 12, sets=2, reps=10, pain=11)


class Expected:
    """The week's figures, by hand from the table above; the order of the terms is that of the exercises 1 to 4."""

    ITEMS = 28
    APPLIED = 27
    BEFORE_SUNDAY = 26

    # Due: 7 days x 2, three weekdays, a quota of 3, and Mon Wed Fri Sun. What is done as needed is never expected.
    EXPECTED = 14 + 3 + 3 + 4
    # Half a dose counts as done, a third does not; the fourth sit to stand and Thursday's stand are beyond.
    COMPLETED = 10 + 2 + 3 + 2
    CREDITED = Fraction(19, 2) + 2 + 3 + (2 + Fraction(1, 3))
    VOLUME = Fraction(19, 2) + (1 + 2) + 4 + (1 + Fraction(1, 3) + 1 + 1)
    EXTRA = 0 + 0 + 1 + 1

    DAYS_DUE = 7
    ACTIVE_DAYS = 6  # all but Sunday; the quota is of no day
    FULL_DAYS = 4  # Mon, Tue, Thu, Sat

    STATES = {"done": COMPLETED, "partial": 1, "skipped": 3, "not_recorded": 2 + 0 + 0 + 1}
    SKIP_REASONS = {"pain": 2, "no_time": 1}

    PAIN_BY_DAY = (2, 2, 3, 3, 4, 4)  # Mon to Sat
    # Around their means (2.5, 3): (2.5 + 1.5 + 0 + 0 + 1.5 + 2.5) / (2 x (2.5^2 + 1.5^2 + 0.5^2)) = 8 / 17.5
    PAIN_SLOPE = Fraction(80, 175)

    AS_NEEDED = {"doings": 4, "per_week": 4, "days_over_maximum": 1}  # three on Friday


def monday_of_last_whole_week(today: date) -> date:
    """Return the Monday of the newest week whose Sunday lies before `today`."""
    return today - timedelta(days=today.weekday() + 7)


def batch(story: UUID, prescriptions: list[str], version: int, monday: date, zone: str) -> list[Json]:
    """Return the batch as the phone sends it: each entry with its own id, time, zone and local date."""
    entries = [*ENTRIES[:BAD_AT], BAD_ENTRY, *ENTRIES[BAD_AT:]]
    return [_event(story, place, entry, prescriptions, version, monday, zone) for place, entry in enumerate(entries)]


def _event(
    story: UUID, place: int, entry: Entry, prescriptions: list[str], version: int, monday: date, zone: str
) -> Json:
    day = monday + timedelta(days=entry.day)
    at = datetime.combine(day, time(entry.hour, 5), tzinfo=ZoneInfo(zone))
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{story}/{place}")),
        "prescription_id": prescriptions[entry.exercise - 1],
        "version": version,
        "performed_at": at.isoformat(),
        "zone": zone,
        "performed_on": day.isoformat(),
        **entry.fields,
    }


def due_on(day: date, plan_monday: date) -> list[int]:
    """Return which exercises 1..5 are due on a day; the quota and the one as needed name no day."""
    due = [1]
    if day.weekday() in (MON, WED, FRI):
        due.append(2)
    if (day - plan_monday).days % 2 == 0:
        due.append(4)
    return due
