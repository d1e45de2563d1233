"""Streaks and series by hand: what keeps, breaks and extends a run, and how a window is cut into days and weeks."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from hep_api.adherence.counting import DayCount
from hep_api.adherence.measures import Measures, measure
from hep_api.adherence.series import Bucket, by_day, by_week, series
from hep_api.adherence.streaks import Streak, standings, streaks
from hep_api.adherence.windows import Window
from tests.adherence.shapes import MONDAY, THREE_A_WEEK, paused, report, version, week

WEEK = Window(MONDAY, MONDAY + timedelta(days=6))


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def due(number: int, completed: int = 1, expected: int = 1) -> DayCount:
    return DayCount(day=day(number), expected=expected, completed=completed, due=expected > 0)


def quota(number: int, completed: int = 3, expected: int = 3) -> DayCount:
    """A week's quota where it is booked."""
    return DayCount(day=day(number), expected=expected, completed=completed)


def days_in_a_row(*counts: DayCount, window: Window = WEEK, today: date | None = None) -> Streak:
    return streaks(standings(counts), window, today).days


def weeks_in_a_row(*counts: DayCount, window: Window, today: date | None = None) -> Streak:
    return streaks(standings(counts), window, today).weeks


class TestDays:
    def test_days_in_a_row_count_and_a_miss_breaks(self) -> None:
        found = days_in_a_row(due(0), due(1), due(2), due(3, completed=0), due(4), due(5))
        assert found == Streak(current=2, longest=3, since=day(4), includes_open=False)

    def test_days_with_nothing_due_neither_break_nor_count(self) -> None:
        assert days_in_a_row(due(0), due(3), due(6)) == Streak(3, 3, day(0), False)
        rested = week(report(0), report(1), report(4), report(5), report(6), terms=paused(2, 4))
        assert days_in_a_row(*rested) == Streak(5, 5, day(0), False)

    def test_one_due_exercise_of_several_is_enough(self) -> None:
        assert days_in_a_row(due(0, completed=0), due(0), due(1, completed=0), due(1, completed=0)).longest == 1

    def test_extra_and_quotas_and_as_needed_keep_nothing(self) -> None:
        extra = DayCount(day=day(1), completed=2, entries=2)
        needed = DayCount(day=day(2), as_needed_doings=1, entries=1)
        assert days_in_a_row(due(0), extra, needed, quota(3)) == Streak(1, 1, day(0), False)

    @pytest.mark.parametrize(
        ("completed", "expected"), [(1, Streak(3, 3, day(0), True)), (0, Streak(2, 2, day(0), False))]
    )
    def test_today_extends_and_never_breaks(self, completed: int, expected: Streak) -> None:
        closed = Window(day(0), day(1))
        assert days_in_a_row(due(0), due(1), due(2, completed), window=closed, today=day(2)) == expected

    def test_today_alone_is_a_streak_of_one_behind_a_miss(self) -> None:
        found = days_in_a_row(due(0, 0), due(1), window=Window(day(0), day(0)), today=day(1))
        assert found == Streak(1, 1, day(1), True)

    def test_a_window_cuts_the_run(self) -> None:
        assert days_in_a_row(*[due(n) for n in range(7)], window=Window(day(2), day(4))) == Streak(3, 3, day(2), False)
        assert days_in_a_row(due(0), window=Window(day(1), day(0))) == Streak(0, 0, None, False)


class TestWeeks:
    def test_weeks_with_the_quota_met_count_and_one_missed_breaks(self) -> None:
        met = [quota(6), quota(13), quota(20, completed=2), quota(27, completed=5)]
        assert weeks_in_a_row(*met, window=Window(day(0), day(27))) == Streak(1, 2, day(21), False)

    def test_weeks_that_ask_for_nothing_neither_break_nor_count(self) -> None:
        nothing = DayCount(day=day(8), completed=1)
        assert weeks_in_a_row(quota(6), nothing, quota(20), window=Window(day(0), day(27))).current == 2

    def test_of_several_quotas_every_one_is_met(self) -> None:
        both = [quota(6), quota(6, completed=1, expected=2), quota(13), quota(11, completed=2, expected=2)]
        assert weeks_in_a_row(*both, window=Window(day(0), day(13))) == Streak(1, 1, day(7), False)

    def test_a_week_that_is_not_over_extends_and_never_breaks(self) -> None:
        closed = Window(day(0), day(8))
        met = weeks_in_a_row(quota(6), quota(13), window=closed, today=day(9))
        assert met == Streak(2, 2, day(0), True)
        assert weeks_in_a_row(quota(6), quota(13, 2), window=closed, today=day(9)) == Streak(1, 1, day(0), False)
        # Later weeks are counted ahead; they say nothing yet.
        assert weeks_in_a_row(quota(6), quota(20), window=closed, today=day(9)) == Streak(1, 1, day(0), False)

    def test_a_week_is_over_with_the_last_of_its_quotas(self) -> None:
        closed = Window(day(0), day(11))
        missed, still = quota(11, completed=0, expected=1), quota(13)
        assert weeks_in_a_row(quota(6), missed, still, window=closed, today=day(12)) == Streak(1, 1, day(0), False)
        assert weeks_in_a_row(quota(6), missed, still, window=Window(day(0), day(13))) == Streak(0, 1, None, False)

    def test_a_real_week_is_met_by_days_not_doings(self) -> None:
        twice = week(report(1), report(3), report(3), versions=[version(THREE_A_WEEK)])
        assert weeks_in_a_row(*twice, window=WEEK) == Streak(0, 0, None, False)
        thrice = week(report(1), report(3), report(5), versions=[version(THREE_A_WEEK)])
        assert weeks_in_a_row(*thrice, window=WEEK) == Streak(1, 1, day(0), False)


class TestSeries:
    COUNTS = [due(n, completed=n % 2) for n in range(-20, 30)]

    def test_every_day_has_its_place_also_without_anything_due(self) -> None:
        window = Window(day(28), day(33))
        found = by_day(self.COUNTS, window)
        assert [each.window for each in found] == [Window(on, on) for on in window]
        assert [each.completion.value for each in found] == [0, 1, None, None, None, None]

    def test_weeks_are_cut_to_the_window_and_add_up_to_it(self) -> None:
        window = Window(day(2), day(15))
        found = by_week(self.COUNTS, window)
        assert [(each.window.first, each.window.last) for each in found] == [
            (day(2), day(6)),
            (day(7), day(13)),
            (day(14), day(15)),
        ]
        whole = measure(self.COUNTS, window)
        assert sum(each.completion.numerator for each in found) == whole.completion.numerator
        assert sum(each.active_days.denominator for each in found) == whole.active_days.denominator
        assert by_week(self.COUNTS, Window(day(1), day(0))) == []

    def test_a_bucket_is_measured_like_a_window_of_its_own(self) -> None:
        hurt = [DayCount(day=day(n), entries=1, pains=(n,)) for n in range(8)]
        for by in Bucket:
            for each in series([*self.COUNTS, *hurt], Window(day(0), day(9)), by):
                assert each == measure([*self.COUNTS, *hurt], each.window)
        slopes: list[Measures] = by_day(hurt, WEEK)
        assert [each.pain.slope for each in slopes] == [None, *[Fraction(1)] * 6]
