"""What a report is worth against the dose, and which reports are one doing."""

from fractions import Fraction

import pytest

from hep_api.adherence.doings import doings_of, volume_ratio
from hep_api.dosing.dose import Dose
from hep_api.plans.timeline import Item
from tests.adherence.shapes import DAILY, PLANK, TEN, report, uid

BOTH_SIDES = Dose(sets=3, reps=10, sides=2)
HELD_REPS = Dose(sets=3, reps=10, hold_seconds=5)


@pytest.mark.parametrize(
    ("dose", "kind", "amounts", "ratio"),
    [
        (TEN, "done", {}, "1"),
        (TEN, "done", {"sets": 2}, "2/3"),
        (TEN, "done", {"reps": 5}, "1/2"),
        (TEN, "done", {"sets": 4, "reps": 15}, "2"),
        (TEN, "partial", {"sets": 1, "reps": 10}, "1/3"),
        (TEN, "partial", {"sets": 0}, "0"),
        (TEN, "partial", {"seconds": 1}, "1"),
        (TEN, "skipped", {}, "0"),
        (TEN, "skipped", {"sets": 3}, "0"),
        (BOTH_SIDES, "done", {"sides": 1}, "1/2"),
        (BOTH_SIDES, "done", {"sets": 3, "reps": 10}, "1"),
        (TEN, "done", {"sides": 2}, "2"),
        (HELD_REPS, "done", {"seconds": 1}, "1"),
        (PLANK, "done", {"seconds": 15}, "1/2"),
        (PLANK, "done", {"reps": 1}, "1"),
        (PLANK, "done", {"sets": 1, "seconds": 45, "sides": 1}, "3/8"),
        (Dose(sets=1, duration_seconds=600), "partial", {"seconds": 599}, "599/600"),
    ],
)
def test_the_ratio_is_volume_done_over_volume_planned(dose, kind, amounts, ratio):
    assert volume_ratio(report(kind=kind, **amounts), dose) == Fraction(ratio)


def doings(*events):
    return doings_of(events, lambda _: Item(TEN, DAILY))


def test_reports_of_one_slot_are_one_doing_and_the_largest_holds():
    (doing,) = doings(report(slot=1, sets=1), report(slot=1, sets=2))
    assert doing.ratio == Fraction(2, 3)
    assert len(doing.entries) == 2


def test_reports_without_a_slot_are_doings_of_their_own():
    assert len(doings(report(), report(), report(slot=1))) == 3


def test_a_slot_number_above_the_times_per_day_is_a_doing_of_its_own():
    assert [doing.slot for doing in doings(report(slot=1), report(slot=7), report(slot=7))] == [1, 7]


def test_a_slot_reported_both_done_and_skipped_is_done():
    (doing,) = doings(report(slot=1, kind="skipped"), report(slot=1))
    assert (doing.is_completed, doing.is_skipped) == (True, False)


def test_half_of_the_volume_completes_and_less_is_partial():
    half, less = doings(report(slot=1, reps=5), report(slot=2, reps=4))
    assert (half.is_completed, half.is_partial) == (True, False)
    assert (less.is_completed, less.is_partial) == (False, True)


def test_a_partial_with_nothing_done_is_neither_partial_nor_skipped():
    (doing,) = doings(report(kind="partial", sets=0))
    assert (doing.is_completed, doing.is_partial, doing.is_skipped) == (False, False, False)


def test_the_credit_of_a_doing_ends_at_one():
    (doing,) = doings(report(sets=9))
    assert (doing.ratio, doing.credit) == (3, 1)


def test_of_several_skips_in_a_slot_the_highest_id_with_a_reason_gives_it():
    one = report(id=uid(50), slot=1, kind="skipped", skip_reason="pain")
    two = report(id=uid(51), slot=1, kind="skipped", skip_reason="forgot")
    three = report(id=uid(52), slot=1, kind="skipped")
    assert doings(three, one, two)[0].skip_reason == "forgot"
