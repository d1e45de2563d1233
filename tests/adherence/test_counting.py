"""One prescription's week by hand: what is expected, done and credited in each case, as numbers."""

from fractions import Fraction

import pytest

from hep_api.dosing.dose import Dose
from hep_api.plans.occurrences import PlanTerms
from tests.adherence import shapes
from tests.adherence.shapes import AS_NEEDED, DAILY, MONDAY, THREE_A_WEEK, TWICE_DAILY, paused, report, version, week

SUNDAY = 6


def states(count):
    return (count.expected, count.done, count.partial, count.skipped, count.not_recorded, count.extra)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], (2, 0, 0, 0, 2, 0)),
        ([report(slot=1)], (2, 1, 0, 0, 1, 0)),
        ([report(slot=1), report(slot=1)], (2, 1, 0, 0, 1, 0)),
        ([report(), report()], (2, 2, 0, 0, 0, 0)),
        ([report(slot=1), report(slot=2), report(slot=3)], (2, 2, 0, 0, 0, 1)),
        ([report(), report(), report(kind="skipped")], (2, 2, 0, 0, 0, 0)),
        ([report(), report(kind="skipped")], (2, 1, 0, 1, 0, 0)),
        ([report(slot=1, kind="skipped"), report(slot=1, kind="skipped")], (2, 0, 0, 1, 1, 0)),
        ([report(kind="partial", reps=1)] * 1 + [report(kind="skipped")], (2, 0, 1, 1, 0, 0)),
        ([report(reps=1), report(reps=2), report(reps=3), report(kind="skipped")], (2, 0, 2, 0, 0, 0)),
        ([report(kind="partial", sets=0)], (2, 0, 0, 0, 2, 0)),
    ],
)
def test_twice_a_day(events, expected):
    assert states(week(*events, versions=[version(TWICE_DAILY)])[0]) == expected


def test_credited_is_the_sum_of_the_largest_credits_as_many_as_expected():
    count = week(report(sets=1), report(sets=9), report(sets=2), versions=[version(TWICE_DAILY)])[0]
    assert count.credited == 1 + Fraction(2, 3)
    assert count.volume == Fraction(1, 3) + 3 + Fraction(2, 3)


def test_a_surplus_on_monday_does_not_hide_a_miss_on_tuesday():
    counts = week(report(0), report(0))
    assert [states(count) for count in counts[:2]] == [(1, 1, 0, 0, 0, 1), (1, 0, 0, 0, 1, 0)]


@pytest.mark.parametrize(
    ("terms", "versions"),
    [
        (paused(0, 2), None),
        (PlanTerms(MONDAY.replace(day=2)), None),
        (PlanTerms(MONDAY.replace(month=5), MONDAY), None),
        (shapes.OPEN_PLAN, [version(to_day=0)]),
        (shapes.OPEN_PLAN, [version(from_day=1)]),
    ],
)
def test_a_doing_on_a_day_that_expects_nothing_is_extra(terms, versions):
    count = week(report(), terms=terms, versions=versions)[0]
    assert states(count) == (0, 0, 0, 0, 0, 1)
    assert not count.due


def test_a_pauses_last_day_is_the_one_before_its_to():
    assert [count.expected for count in week(terms=paused(1, 3))] == [1, 0, 0, 1, 1, 1, 1]


def test_events_done_against_an_older_version_count_by_the_one_in_force():
    versions = [version(to_day=2), version(dose=Dose(sets=3, reps=20), number=2, from_day=2)]
    counts = week(report(1, reps=10, version=1), report(2, reps=10, version=1), versions=versions)
    assert [count.volume for count in counts[1:3]] == [1, Fraction(1, 2)]


def test_where_no_version_is_in_force_the_named_one_gives_the_dose():
    versions = [version(to_day=0), version(dose=Dose(sets=3, reps=20), number=2, from_day=5)]
    counts = week(report(1, reps=10, version=1), report(2, reps=10, version=2), versions=versions)
    assert [count.volume for count in counts[1:3]] == [1, Fraction(1, 2)]


class TestWeeklyQuota:
    quota = [version(THREE_A_WEEK)]

    def booked(self, *events, terms=shapes.OPEN_PLAN, versions=None):
        return week(*events, terms=terms, versions=versions or self.quota)

    def test_the_week_is_booked_on_its_last_eligible_day(self):
        counts = self.booked(report(0), report(2), report(4, kind="skipped"))
        assert [count.expected for count in counts] == [0, 0, 0, 0, 0, 0, 3]
        assert states(counts[SUNDAY]) == (3, 2, 0, 1, 0, 0)
        assert [count.volume for count in counts] == [1, 0, 1, 0, 0, 0, 0]

    @pytest.mark.parametrize(("days", "expected"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3)])
    def test_a_shorter_week_expects_its_share_rounded_half_up(self, days, expected):
        counts = self.booked(terms=paused(days))
        assert counts[days - 1].expected == expected
        assert sum(count.expected for count in counts) == expected

    def test_exactly_one_half_is_rounded_up(self):
        # 1/7 + 1/7 + 1/7 of one a week, and 1/7 of four more days of none: 7/14 only comes from mixed quotas.
        one, six = (
            version(
                shapes.Schedule(shapes.ScheduleKind.WEEKLY_QUOTA, times_per_week=n), number=n, from_day=day, to_day=to
            )
            for n, day, to in ((1, 0, 1), (6, 1, 2))
        )
        assert sum(count.expected for count in self.booked(versions=[one, six])) == 1

    def test_a_day_counts_once_and_a_second_doing_on_it_is_not_extra(self):
        counts = self.booked(report(0), report(0))
        assert states(counts[SUNDAY]) == (3, 1, 0, 0, 2, 0)
        assert sum(count.volume for count in counts) == 2

    def test_days_beyond_the_quota_are_extra(self):
        assert states(self.booked(*(report(day) for day in range(5)))[SUNDAY]) == (3, 3, 0, 0, 0, 2)

    def test_credit_is_the_days_largest_and_ends_at_the_expected(self):
        counts = self.booked(report(0, reps=5), report(0, reps=6), report(1, reps=2))
        assert counts[SUNDAY].credited == Fraction(6, 10) + Fraction(2, 10)
        assert self.booked(*(report(day) for day in range(5)))[SUNDAY].credited == 3

    def test_on_a_day_that_is_not_eligible_every_completed_doing_is_extra(self):
        counts = self.booked(report(0), report(0), terms=paused(0, 1))
        assert states(counts[0]) == (0, 0, 0, 0, 0, 2)
        assert states(counts[SUNDAY]) == (3, 0, 0, 0, 3, 0)

    def test_a_week_may_change_from_daily_to_a_quota(self):
        mixed = [version(DAILY, to_day=3), version(THREE_A_WEEK, number=2, from_day=3)]
        counts = self.booked(report(0), report(3), versions=mixed)
        assert [count.expected for count in counts] == [1, 1, 1, 0, 0, 0, 2]
        assert counts[SUNDAY].done == 1

    def test_a_quota_is_never_due_on_a_day(self):
        assert not any(count.due for count in self.booked(report(0)))


class TestAsNeeded:
    def test_doings_are_counted_apart_and_over_the_maximum_by_the_day(self):
        events = [report(0), report(0), report(0), report(1), report(1), report(2, kind="skipped")]
        counts = week(*events, versions=[version(AS_NEEDED)])
        assert [count.as_needed_doings for count in counts[:3]] == [3, 2, 0]
        assert [count.over_maximum for count in counts[:3]] == [True, False, False]

    def test_it_takes_no_part_in_expected_extra_or_volume(self):
        count = week(report(0), versions=[version(AS_NEEDED)])[0]
        assert (*states(count), count.volume, count.credited) == (0, 0, 0, 0, 0, 0, 0, 0)

    def test_where_no_version_is_in_force_the_named_one_gives_the_schedule(self):
        versions = [version(AS_NEEDED, to_day=0), version(DAILY, number=2, from_day=3)]
        count = week(report(0, version=1), report(0, version=2), versions=versions)[0]
        assert (count.as_needed_doings, count.extra) == (1, 1)
