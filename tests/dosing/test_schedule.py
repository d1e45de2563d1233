"""Which schedules make sense, and which days they name."""

from datetime import timedelta
from typing import Any

import pytest

from hep_api.dosing.rules import BrokenRule
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday, is_due
from tests.plans.shapes import AS_NEEDED, DAILY, MON_WED_FRI, SCHEDULES, SECOND_DAY, THREE_A_WEEK, on

MONDAY = frozenset({Weekday.MON})


def due_days(schedule: Schedule, anchor_on: str, first: str, last: str) -> list[str]:
    days = [on(first) + timedelta(days=n) for n in range((on(last) - on(first)).days + 1)]
    return [day.isoformat() for day in days if is_due(schedule, on(anchor_on), day)]


def test_a_daily_schedule_names_the_leap_day_too() -> None:
    named = due_days(DAILY, "2024-02-27", "2024-02-28", "2024-03-01")
    assert named == ["2024-02-28", "2024-02-29", "2024-03-01"]


def test_every_second_day_counts_over_the_leap_day() -> None:
    assert due_days(SECOND_DAY, "2024-02-27", "2024-02-27", "2024-03-03") == [
        "2024-02-27",
        "2024-02-29",
        "2024-03-02",
    ]
    assert due_days(SECOND_DAY, "2025-02-27", "2025-02-27", "2025-03-03") == [
        "2025-02-27",
        "2025-03-01",
        "2025-03-03",
    ]


def test_every_second_day_counts_over_the_year_end() -> None:
    assert due_days(SECOND_DAY, "2025-12-30", "2025-12-30", "2026-01-03") == [
        "2025-12-30",
        "2026-01-01",
        "2026-01-03",
    ]


def test_every_n_days_names_its_anchor_and_nothing_before_it() -> None:
    assert due_days(SECOND_DAY, "2026-05-05", "2026-05-01", "2026-05-06") == ["2026-05-05"]


def test_weekdays_go_by_the_calendar_over_the_year_end() -> None:
    # 2025-12-31 is a Wednesday, 2026-01-02 a Friday.
    assert due_days(MON_WED_FRI, "2025-12-01", "2025-12-30", "2026-01-05") == [
        "2025-12-31",
        "2026-01-02",
        "2026-01-05",
    ]


@pytest.mark.parametrize("schedule", [THREE_A_WEEK, AS_NEEDED])
def test_quotas_and_as_needed_name_no_day(schedule: Schedule) -> None:
    assert due_days(schedule, "2026-05-04", "2026-05-04", "2026-05-31") == []


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("daily", {}, "times_per_day"),
        ("daily", {"times_per_day": 0}, "times_per_day"),
        ("daily", {"times_per_day": 13}, "times_per_day"),
        ("daily", {"times_per_day": 1, "weekdays": MONDAY}, "weekdays"),
        ("daily", {"times_per_day": 1, "every_n_days": 2}, "every_n_days"),
        ("daily", {"times_per_day": 1, "times_per_week": 2}, "times_per_week"),
        ("daily", {"times_per_day": 1, "max_per_day": 2}, "max_per_day"),
        ("weekdays", {"times_per_day": 1}, "weekdays"),
        ("weekdays", {"weekdays": MONDAY}, "times_per_day"),
        ("every_n_days", {"times_per_day": 1}, "every_n_days"),
        ("every_n_days", {"times_per_day": 1, "every_n_days": 1}, "every_n_days"),
        ("every_n_days", {"times_per_day": 1, "every_n_days": 15}, "every_n_days"),
        ("weekly_quota", {}, "times_per_week"),
        ("weekly_quota", {"times_per_week": 0}, "times_per_week"),
        ("weekly_quota", {"times_per_week": 8}, "times_per_week"),
        ("weekly_quota", {"times_per_week": 3, "times_per_day": 1}, "times_per_day"),
        ("as_needed", {"max_per_day": 0}, "max_per_day"),
        ("as_needed", {"times_per_day": 1}, "times_per_day"),
    ],
)
def test_a_schedule_that_makes_no_sense_names_its_field(kind: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BrokenRule) as refusal:
        Schedule(ScheduleKind(kind), **given)
    assert refusal.value.field == field


@pytest.mark.parametrize("schedule", [*SCHEDULES, Schedule(ScheduleKind.AS_NEEDED)])
def test_a_schedule_survives_json_with_the_fields_of_its_kind_only(schedule: Schedule) -> None:
    told = schedule.to_json()
    assert Schedule.from_json(told) == schedule
    assert len(told) <= 3


def test_weekdays_are_told_from_monday_on() -> None:
    assert MON_WED_FRI.to_json() == {
        "kind": "weekdays",
        "weekdays": ["mon", "wed", "fri"],
        "times_per_day": 1,
    }
