"""Which event of an entry is in force, and that arrival plays no part in it."""

from itertools import permutations

from hep_api.adherence.entries import entries_in_force, event_in_force
from tests.adherence.shapes import BRIDGE, SQUAT, report, uid

first = report(id=uid(5))
third = report(id=uid(7), entry_id=uid(5), revision=2, sets=3)
second = report(id=uid(9), entry_id=uid(5), revision=1, sets=2)
void = report(id=uid(8), entry_id=uid(5), revision=3, kind="void")
elsewhere = report(id=uid(10), entry_id=uid(5), revision=9, prescription_id=BRIDGE)


def test_the_highest_revision_holds_in_any_order_of_arrival():
    for arrived in permutations([first, second, third]):
        assert entries_in_force(arrived) == [third]


def test_among_equal_revisions_the_highest_id_holds():
    rival = report(id=uid(6), entry_id=uid(5), revision=2)
    assert event_in_force([rival, third]) == event_in_force([third, rival]) == third


def test_ids_are_compared_as_bytes():
    low, high = uid(1 << 64), uid(1 << 120)
    one, other = (report(id=each, entry_id=uid(5), revision=1) for each in (low, high))
    assert event_in_force([other, one]) == other


def test_a_void_takes_the_entry_out_and_a_later_correction_brings_it_back():
    assert entries_in_force([first, void]) == []
    again = report(id=uid(11), entry_id=uid(5), revision=4)
    assert entries_in_force([void, again, first]) == [again]


def test_a_correction_counts_before_its_original_arrives():
    assert entries_in_force([second]) == [second]


def test_a_correction_to_another_prescription_loses_its_effect_once_the_original_is_there():
    assert entries_in_force([elsewhere]) == [elsewhere]
    assert entries_in_force([elsewhere, second, first]) == [second]
    assert event_in_force([first, elsewhere]).prescription_id == SQUAT


def test_repeats_change_nothing():
    assert entries_in_force([first, first, second, second]) == [second]
