"""The figures of a window by hand, their bands and their rounding."""

from datetime import timedelta
from fractions import Fraction

import pytest

from hep_api.adherence.groups import Band, PatientFigure, Thresholds, band_of, group_figures
from hep_api.adherence.measures import measure
from hep_api.adherence.ratios import Ratio, shown
from hep_api.adherence.trends import median, slope
from hep_api.adherence.windows import Window
from tests.adherence.shapes import AS_NEEDED, MONDAY, THREE_A_WEEK, TWICE_DAILY, report, version, week

WEEK = Window(MONDAY, MONDAY + timedelta(days=6))


def test_a_date_is_active_with_one_due_exercise_done_and_full_with_all():
    daily = week(report(0), report(1), report(2))
    twice = week(report(0), report(0), report(1), versions=[version(TWICE_DAILY)])
    found = measure([*daily, *twice], WEEK)
    assert (found.active_days.numerator, found.active_days.denominator) == (3, 7)
    assert found.full_days.numerator == 1


def test_quotas_and_as_needed_take_no_part_in_active_days():
    counts = [*week(report(0), versions=[version(THREE_A_WEEK)]), *week(report(1), versions=[version(AS_NEEDED)])]
    found = measure(counts, WEEK)
    assert found.active_days.value is None
    assert found.completion.shown == {"value": 0.3333, "numerator": 1, "denominator": 3}


def test_nothing_expected_is_not_measurable_and_neither_0_nor_1():
    found = measure(week(report(0), versions=[]), WEEK)
    assert found.completion.shown == {"value": None, "numerator": 0, "denominator": 0}
    assert found.over_performance.value is None
    assert found.states.extra == 1


def test_an_empty_window_has_no_figures():
    found = measure(week(report(0)), Window(MONDAY, MONDAY - timedelta(days=1)))
    assert (found.completion.value, found.as_needed.per_week, found.pain.slope) == (None, None, None)


def test_as_needed_per_week_is_by_closed_days():
    counts = week(report(0), report(0), report(0), report(1), versions=[version(AS_NEEDED)])
    found = measure(counts, Window(MONDAY, MONDAY + timedelta(days=1))).as_needed
    assert (found.doings, found.per_week, found.days_over_maximum) == (4, 14, 1)


def test_skip_reasons_add_up_to_the_skipped():
    events = [report(0, kind="skipped", skip_reason="pain"), report(1, kind="skipped"), report(2, kind="skipped")]
    found = measure(week(*events), WEEK)
    assert [(each.reason, each.occurrences) for each in found.skips] == [(None, 2), ("pain", 1)]
    assert found.states.skipped == 3


def test_pain_is_the_days_median_over_all_entries_skips_included():
    events = [
        report(0, pain=2),
        report(0, pain=7, kind="skipped"),
        report(2, pain=3),
        report(2, pain=3),
        report(2, pain=9),
    ]
    found = measure(week(*events), WEEK).pain
    assert found.medians == ((MONDAY, Fraction(9, 2)), (MONDAY + timedelta(days=2), 3))
    assert found.slope == Fraction(-3, 4)


def test_the_slope_looks_back_fourteen_dates_also_before_the_window():
    window = Window(MONDAY + timedelta(days=13), MONDAY + timedelta(days=13))
    found = measure(week(report(0, pain=4), report(1, pain=5)), window).pain
    assert (found.medians, found.slope) == ((), 1)
    later = Window(MONDAY, MONDAY + timedelta(days=14))
    assert measure(week(report(0, pain=4), report(1, pain=5)), later).pain.slope is None


def test_medians_and_slopes_are_exact():
    assert median([1, 2]) == Fraction(3, 2)
    assert median([3, 1, 2]) == 2
    assert slope([(0, Fraction(1)), (1, Fraction(2)), (5, Fraction(2))]) == Fraction(1, 7)
    assert slope([(3, Fraction(5))]) is None


@pytest.mark.parametrize(
    ("exact", "said"),
    [
        ("1/3", 0.3333),
        ("2/3", 0.6667),
        ("5/6", 0.8333),
        ("1/20000", 0.0001),
        ("-1/20000", 0),
        ("-3/20000", -0.0001),
        ("1", 1),
        ("25", 25),
        ("79995/100000", 0.8),
    ],
)
def test_figures_are_shown_with_four_decimals_half_towards_plus_infinity(exact, said):
    assert shown(Fraction(exact)) == said


def test_bands_use_the_exact_ratio_not_the_shown_one():
    almost = Ratio(Fraction(79_999), 100_000)
    assert almost.shown["value"] == 0.8
    assert band_of(almost.value, Thresholds()) is Band.WATCH


@pytest.mark.parametrize(
    ("completion", "band"),
    [
        ("1", "on_track"),
        ("4/5", "on_track"),
        ("799/1000", "watch"),
        ("1/2", "watch"),
        ("499/1000", "low"),
        ("0", "low"),
    ],
)
def test_the_bands_begin_at_their_thresholds(completion, band):
    assert band_of(Fraction(completion), Thresholds()) == band


class TestGroups:
    def test_each_patient_weighs_the_same(self):
        found = group_figures([PatientFigure(84, 84, True), PatientFigure(0, 4, False)], Thresholds())
        assert found.mean == Fraction(1, 2)

    def test_under_three_expected_a_patient_is_excluded(self):
        patients = [PatientFigure(2, 2, True), PatientFigure(0, 0, True), PatientFigure(1, 3, True)]
        found = group_figures(patients, Thresholds())
        assert (found.patients, found.measurable, found.excluded, found.mean) == (3, 1, 2, Fraction(1, 3))

    def test_coverage_is_of_those_with_something_expected(self):
        patients = [PatientFigure(0, 2, True), PatientFigure(0, 0, True), PatientFigure(0, 3, False)]
        assert group_figures(patients, Thresholds()).coverage.shown == {"value": 0.5, "numerator": 1, "denominator": 2}

    def test_a_group_of_nobody_has_no_mean(self):
        found = group_figures([], Thresholds())
        assert (found.mean, found.median, found.coverage.value, found.is_small) == (None, None, None, True)

    def test_under_five_patients_is_small_measurable_or_not(self):
        nothing = PatientFigure(0, 0, False)
        assert group_figures([nothing] * 4, Thresholds()).is_small
        assert not group_figures([nothing] * 5, Thresholds()).is_small
