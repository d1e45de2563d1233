"""When a rule for the next dose is met: every boundary of it, without a database."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hep_api.adherence.counting import DayCount
from hep_api.adherence.progressing import evidence_for
from hep_api.dosing.dose import Dose
from hep_api.dosing.progression import Progression

LAST_CLOSED = date(2026, 5, 5)
FIRST = LAST_CLOSED - timedelta(days=6)
RULE = Progression(after_days=7, completion_at_least=0.8, next_dose=Dose(3, 12), pain_under=4)
NO_PAIN = Progression(after_days=7, completion_at_least=0.8, next_dose=Dose(3, 12))


def days(done: int, expected: int, *pains: int, first: date = FIRST) -> list[DayCount]:
    """Ten doings expected over the days from `first` on, the first `done` of them done; all pain on the first day."""
    counts = []
    for place in range(expected):
        reported = pains if place == 0 else ()
        day = first + timedelta(days=place % 7)
        counts.append(DayCount(day=day, expected=1, completed=int(place < done), pains=reported))
    return counts


def test_completion_must_reach_what_was_written_down_exactly() -> None:
    met, missed = evidence_for(NO_PAIN, FIRST, LAST_CLOSED, days(4, 5)), days(79, 99)
    assert met is not None
    assert (met.completion.numerator, met.completion.denominator, met.window.days) == (4, 5, 7)
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, missed) is None
    third = Progression(after_days=7, completion_at_least=0.3, next_dose=Dose(1, 1))
    assert evidence_for(third, FIRST, LAST_CLOSED, days(3, 10)) is not None


def test_the_version_must_have_held_on_every_day_of_the_window_and_the_last_must_be_over() -> None:
    counts = days(7, 7)
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, counts) is not None
    assert evidence_for(NO_PAIN, FIRST + timedelta(days=1), LAST_CLOSED, counts) is None
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED - timedelta(days=1), counts) is None


def test_days_on_which_nothing_is_expected_lie_in_the_window_and_weigh_nothing() -> None:
    only_one = [DayCount(day=LAST_CLOSED, expected=1, completed=1)]
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, only_one) is not None
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, [DayCount(day=LAST_CLOSED, completed=3, entries=3)]) is None
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, []) is None


@pytest.mark.parametrize(
    ("pains", "is_met"), [((), False), ((3,), True), ((4,), False), ((0, 3, 3), True), ((0, 4, 0), False)]
)
def test_every_report_of_pain_must_be_under_the_limit_and_there_must_be_one(pains: Any, is_met: bool) -> None:
    evidence = evidence_for(RULE, FIRST, LAST_CLOSED, days(7, 7, *pains))
    assert (evidence is not None) is is_met
    assert evidence_for(NO_PAIN, FIRST, LAST_CLOSED, days(7, 7, *pains)) is not None
    if evidence:
        assert (evidence.pain_reports, evidence.highest_pain) == (len(pains), max(pains))


def test_todays_pain_counts_against_the_rule_and_never_for_it() -> None:
    today, before = LAST_CLOSED + timedelta(days=1), FIRST - timedelta(days=1)
    for day, pain, reported, is_met in ((today, 4, 1, False), (today, 3, 1, True), (before, 9, 1, True)):
        counts = [*days(7, 7, reported), DayCount(day=day, pains=(pain,))]
        assert (evidence_for(RULE, FIRST, LAST_CLOSED, counts) is not None) is is_met
    assert evidence_for(RULE, FIRST, LAST_CLOSED, [*days(7, 7), DayCount(day=today, pains=(1,))]) is None


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 100), st.lists(st.integers(0, 10), max_size=4))
def test_a_rule_is_met_when_it_says_so(done: int, expected: int, hundredths: int, pains: list[int]) -> None:
    done = min(done, expected)
    rule = Progression(after_days=7, completion_at_least=hundredths / 100, next_dose=Dose(3, 12), pain_under=4)
    is_met = done * 100 >= hundredths * expected and bool(pains) and all(pain < 4 for pain in pains)
    assert (evidence_for(rule, FIRST, LAST_CLOSED, days(done, expected, *pains)) is not None) is is_met
