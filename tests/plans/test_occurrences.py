"""What is expected on a day: the schedule less start, end, pauses and validity."""

import pytest

from hep_api.dosing.schedule import Schedule
from hep_api.plans.occurrences import Occurrence, PlanTerms, due_occurrences, expected_on, is_quota_eligible
from tests.plans.shapes import (
    AS_NEEDED,
    DAILY,
    FIFTH_DAY_THRICE,
    SECOND_DAY,
    SQUAT,
    THREE_A_WEEK,
    TWICE_DAILY,
    on,
    version,
)

START = on("2026-05-04")


def due_days(schedule: Schedule, terms: PlanTerms, first: str, until: str) -> list[str]:
    found = due_occurrences([version(schedule, "2026-05-04")], terms, on(first), on(until))
    return [each.day.isoformat() for each in found]


def test_nothing_is_expected_before_the_plan_starts_or_from_its_end_on() -> None:
    terms = PlanTerms(on("2026-05-05"), on("2026-05-07"))
    assert due_days(DAILY, terms, "2026-05-03", "2026-05-10") == ["2026-05-05", "2026-05-06"]


def test_nothing_is_expected_outside_the_validity_of_the_version() -> None:
    brief = version(DAILY, "2026-05-06", "2026-05-08")
    days = [expected_on(brief, PlanTerms(START), on(f"2026-05-0{n}")) for n in range(5, 10)]
    assert days == [0, 1, 1, 0, 0]


def test_a_pause_takes_its_first_day_and_leaves_its_last() -> None:
    terms = PlanTerms(START, None, ((on("2026-05-05"), on("2026-05-07")),))
    assert due_days(DAILY, terms, "2026-05-04", "2026-05-09") == ["2026-05-04", "2026-05-07", "2026-05-08"]


def test_an_open_pause_takes_every_day_from_its_first_on() -> None:
    terms = PlanTerms(START, None, ((on("2026-05-05"), None),))
    assert due_days(DAILY, terms, "2026-05-04", "2027-05-09") == ["2026-05-04"]


def test_overlapping_pauses_take_their_days_once() -> None:
    pauses = ((on("2026-05-05"), on("2026-05-08")), (on("2026-05-06"), on("2026-05-09")))
    assert due_days(DAILY, PlanTerms(START, None, pauses), "2026-05-04", "2026-05-11") == [
        "2026-05-04",
        "2026-05-09",
        "2026-05-10",
    ]


def test_a_pause_does_not_shift_the_rhythm_of_every_second_day() -> None:
    terms = PlanTerms(START, None, ((on("2026-05-06"), on("2026-05-07")),))
    assert due_days(SECOND_DAY, terms, "2026-05-04", "2026-05-11") == [
        "2026-05-04",
        "2026-05-08",
        "2026-05-10",
    ]


@pytest.mark.parametrize(("schedule", "expected"), [(DAILY, 1), (TWICE_DAILY, 2), (FIFTH_DAY_THRICE, 3)])
def test_a_due_day_expects_times_per_day(schedule: Schedule, expected: int) -> None:
    assert expected_on(version(schedule, "2026-05-04"), PlanTerms(START), START) == expected


@pytest.mark.parametrize("schedule", [THREE_A_WEEK, AS_NEEDED])
def test_quotas_and_as_needed_expect_nothing_on_a_day(schedule: Schedule) -> None:
    assert expected_on(version(schedule, "2026-05-04"), PlanTerms(START), START) == 0


def test_occurrences_are_told_by_day_and_slot() -> None:
    found = list(due_occurrences([version(TWICE_DAILY, "2026-05-04")], PlanTerms(START), START, on("2026-05-05")))
    assert found == [Occurrence(SQUAT, START, 1, 1), Occurrence(SQUAT, START, 2, 1)]


@pytest.mark.parametrize(
    ("day", "eligible"),
    [
        ("2026-05-04", False),  # before the plan
        ("2026-05-05", True),
        ("2026-05-06", False),  # paused
        ("2026-05-07", True),
        ("2026-05-10", True),
        ("2026-05-11", False),  # the version has ended
    ],
)
def test_a_day_fills_a_quota_while_its_version_holds_and_the_plan_asks(day: str, eligible: bool) -> None:
    terms = PlanTerms(on("2026-05-05"), on("2026-05-20"), ((on("2026-05-06"), on("2026-05-07")),))
    assert is_quota_eligible(version(THREE_A_WEEK, "2026-05-04", "2026-05-11"), terms, on(day)) is eligible


def test_no_day_fills_a_quota_after_the_plans_end() -> None:
    assert not is_quota_eligible(version(THREE_A_WEEK, "2026-05-04"), PlanTerms(START, START), START)


def test_only_quota_versions_have_eligible_days() -> None:
    assert not is_quota_eligible(version(DAILY, "2026-05-04"), PlanTerms(START), START)
