"""The counts and measures equal a second, slow implementation for any history, in any order, with any repeats."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.adherence.days import week_of_days
from hep_api.adherence.doings import State
from hep_api.adherence.explaining import explain_week
from hep_api.adherence.groups import PatientFigure, Thresholds, group_figures
from hep_api.adherence.measures import measure
from hep_api.adherence.proving.days import count_prescription
from hep_api.adherence.ratios import shown
from hep_api.adherence.streaks import standings, streaks
from hep_api.adherence.windows import Window
from tests.adherence import histories
from tests.adherence import proven as proving

any_history = settings(max_examples=80, deadline=None)


def as_proven(count):
    """A DayCount in the words of the second implementation."""
    return {
        "version": count.version,
        "volume": count.volume,
        "as_needed_doings": count.as_needed_doings,
        "over_maximum": count.over_maximum,
        "entries": count.entries,
        "pains": sorted(count.pains),
        "efforts": sorted(count.efforts),
        "due": count.due,
        "expected": count.expected,
        "completed": count.completed,
        "credited": count.credited,
        "done": count.done,
        "partial": count.partial,
        "skip_reasons": list(count.skip_reasons),
        "not_recorded": count.not_recorded,
        "extra": count.extra,
    }


def proven_counts(plan, prescription, events):
    first = plan["begin"] - timedelta(days=5)
    last = plan["begin"] + timedelta(days=histories.LENGTH + 5)
    return count_prescription(plan, prescription, events, first, last)


def any_window(random, plan):
    """Any dates of the history, also none."""
    first = plan["begin"] + timedelta(days=random.randint(0, 25))
    return Window(first, first + timedelta(days=random.choice((-1, random.randint(0, 15)))))


@any_history
@given(histories.randoms)
def test_every_day_is_counted_as_the_second_implementation_counts_it(random):
    plan = histories.plan(random)
    events = histories.events(random, plan)
    for prescription in histories.prescriptions_of(plan):
        expected = proven_counts(plan, prescription, events)
        counts = histories.count_all(plan, prescription, events)
        assert {day: as_proven(counts[day]) for day in expected} == expected


@any_history
@given(histories.randoms)
def test_order_and_repeats_of_arrival_change_nothing(random):
    plan = histories.plan(random)
    events = histories.events(random, plan)
    arrived = events + random.choices(events, k=6) if events else []
    random.shuffle(arrived)
    for prescription in histories.prescriptions_of(plan):
        once = histories.count_all(plan, prescription, events)
        assert histories.count_all(plan, prescription, arrived) == once


@any_history
@given(histories.randoms)
def test_every_measure_over_any_window_equals_the_proven(random):
    counts, told = [], []
    begin = random.choice(histories.BEGINNINGS)
    for _ in range(random.randint(1, 2)):
        plan = histories.plan(random, begin=begin)
        events = histories.events(random, plan)
        for prescription in histories.prescriptions_of(plan):
            days = proven_counts(plan, prescription, events)
            told += [(prescription, day, counted) for day, counted in days.items()]
            counts += histories.count_all(plan, prescription, events).values()
    window = any_window(random, plan)
    found, expected = measure(counts, window), proving.measures(told, window.first, window.last)
    for name in ("completion", "dose", "active_days", "full_days", "relative_dose", "over_performance"):
        ratio = getattr(found, name)
        assert (ratio.numerator, ratio.denominator) == expected[name], name
    states = found.states
    assert (states.done, states.partial, states.not_recorded, states.expected, states.extra) == expected["states"]
    assert {each.reason: each.occurrences for each in found.skips} == expected["skip_reasons"]
    assert (found.as_needed.doings, found.as_needed.per_week) == expected["as_needed"]
    assert found.entries == expected["entries"]
    assert found.as_needed.days_over_maximum == expected["days_over_maximum"]
    assert (dict(found.pain.medians), found.pain.slope) == expected["pain"]
    assert (dict(found.effort.medians), found.effort.slope) == expected["effort"]


@any_history
@given(histories.randoms)
def test_streaks_over_any_window_and_today_equal_the_proven(random):
    plan = histories.plan(random)
    # Otherwise hardly anything would ever be in a row.
    events = [each for each in histories.events(random, plan, most=150) if each["kind"] != "void"]
    counts, told = [], []
    for prescription in histories.prescriptions_of(plan):
        told += [(prescription, *each) for each in proven_counts(plan, prescription, events).items()]
        counts += histories.count_all(plan, prescription, events).values()
    first = plan["begin"] + timedelta(days=random.randint(0, 20))
    window = Window(first, first + timedelta(days=random.randint(0, 20)))
    for today in (None, window.last + timedelta(days=1)):
        found = streaks(standings(counts), window, today)
        expected = proving.streaks(told, window.first, window.last, today)
        assert {name: (getattr(found, name).current, getattr(found, name).longest) for name in expected} == expected


@any_history
@given(histories.randoms)
def test_why_adds_up_to_every_number(random):
    plan = histories.plan(random)
    events = histories.events(random, plan)
    window = any_window(random, plan)
    for prescription in histories.prescriptions_of(plan):
        counted = measure(histories.count_all(plan, prescription, events).values(), window)
        listed = [
            each
            for _, arguments in histories.weeks_of(plan, prescription, events)
            for each in explain_week(week_of_days(*arguments), window)
        ]
        expected = [each for each in listed if each.expected]
        states = counted.states
        found = Counter(each.state for each in expected)
        assert [found[state] for state in State] == [
            states.done,
            states.partial,
            states.skipped,
            states.not_recorded,
        ]
        assert sum(each.extra for each in listed) == states.extra
        assert sum((each.credit for each in listed), Fraction(0)) == counted.dose.numerator
        assert sum((each.volume for each in listed), Fraction(0)) == counted.relative_dose.numerator
        reasons = Counter(each.skip_reason for each in expected if each.state is State.SKIPPED)
        assert reasons == {each.reason: each.occurrences for each in counted.skips}
        named = [event.id for each in listed for event in each.events]
        assert len(named) == len(set(named))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=9))
def test_a_groups_figures_equal_the_proven(drawn):
    patients = [(min(done, expected), expected, reported) for done, expected, reported in drawn]
    found = group_figures([PatientFigure(*each) for each in patients], Thresholds())
    told = (found.mean, found.median, found.measurable, found.excluded)
    assert (*told, (found.coverage.numerator, found.coverage.denominator)) == proving.group(patients)
    assert sum(found.bands.values()) == found.measurable


@given(st.fractions(-3, 3, max_denominator=40_000))
def test_rounding_goes_half_towards_plus_infinity(exact):
    assert shown(exact) == float(proving.shown(exact))
