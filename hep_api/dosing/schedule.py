"""On which days an exercise is due, and how often on such a day.

Decides which schedules make sense and whether a day is one of theirs. When a schedule is in force is decided by
`timeline`, and what the plan's dates and pauses take away by `occurrences`.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from hep_api.dosing.rules import BrokenRule, refuse_outside


class ScheduleKind(enum.StrEnum):
    """The five ways to say when."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    EVERY_N_DAYS = "every_n_days"
    WEEKLY_QUOTA = "weekly_quota"
    AS_NEEDED = "as_needed"


class Weekday(enum.IntEnum):
    """A day of the week as `date.weekday()` numbers it; in JSON its three letters."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


# Which fields each kind has, beside `kind`: (needed, allowed). Any other field belongs to another kind.
FIELDS_OF_KIND: Mapping[ScheduleKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ScheduleKind.DAILY: (("times_per_day",), ()),
    ScheduleKind.WEEKDAYS: (("weekdays", "times_per_day"), ()),
    ScheduleKind.EVERY_N_DAYS: (("every_n_days", "times_per_day"), ()),
    ScheduleKind.WEEKLY_QUOTA: (("times_per_week",), ()),
    ScheduleKind.AS_NEEDED: ((), ("max_per_day",)),
}
FIELDS = ("times_per_day", "weekdays", "every_n_days", "times_per_week", "max_per_day")
RANGES = {
    "times_per_day": (1, 12),
    "every_n_days": (2, 14),
    "times_per_week": (1, 7),
    "max_per_day": (1, 100),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule; only the fields of its kind are set, the others stay None (weekdays: empty)."""

    kind: ScheduleKind
    times_per_day: int | None = None
    weekdays: frozenset[Weekday] = frozenset()
    every_n_days: int | None = None
    times_per_week: int | None = None
    max_per_day: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ScheduleKind(self.kind))
        object.__setattr__(self, "weekdays", frozenset(Weekday(day) for day in self.weekdays))
        needed, allowed = FIELDS_OF_KIND[self.kind]
        for field in FIELDS:
            given = getattr(self, field) not in (None, frozenset())
            if field in needed and not given:
                raise BrokenRule(field, "required", f"A schedule of kind {self.kind.value} needs {field}.")
            if given and field not in needed and field not in allowed:
                raise BrokenRule(field, "other_kind", f"A schedule of kind {self.kind.value} has no {field}.")
        for field, (low, high) in RANGES.items():
            refuse_outside(field, getattr(self, field), low, high)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        weekdays = frozenset(Weekday[name.upper()] for name in data.get("weekdays", ()))
        return cls(**{**data, "kind": ScheduleKind(data["kind"]), "weekdays": weekdays})

    def to_json(self) -> dict[str, Any]:
        """Return the fields of the kind and no others, weekdays from Monday on."""
        needed, allowed = FIELDS_OF_KIND[self.kind]
        data: dict[str, Any] = {"kind": self.kind.value}
        data.update((field, getattr(self, field)) for field in (*needed, *allowed))
        if "weekdays" in data:
            data["weekdays"] = [day.name.lower() for day in sorted(self.weekdays)]
        return data


def is_due(schedule: Schedule, anchor_on: date, day: date) -> bool:
    """Say whether the schedule names this day; quotas and as_needed name none.

    `anchor_on` is the first day of this schedule: every_n_days counts from it, and it is itself due.
    """
    match schedule.kind:
        case ScheduleKind.DAILY:
            return True
        case ScheduleKind.WEEKDAYS:
            return day.weekday() in schedule.weekdays
        case ScheduleKind.EVERY_N_DAYS:
            assert schedule.every_n_days is not None, "a schedule without its n cannot be made"
            return day >= anchor_on and (day - anchor_on).days % schedule.every_n_days == 0
        case ScheduleKind.WEEKLY_QUOTA | ScheduleKind.AS_NEEDED:
            return False
