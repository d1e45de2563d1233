"""How revisions are cut into versions, rule by rule."""

import itertools

from hep_api.plans.timeline import RevisionContent, cut_timeline
from tests.plans.shapes import (
    BRIDGE,
    DAILY,
    SECOND_DAY,
    SQUAT,
    TEN,
    THREE_A_WEEK,
    TWELVE,
    TWICE_DAILY,
    on,
    revision,
)


def told(*revisions: RevisionContent) -> list[tuple[str, int, str, str | None, str]]:
    """(exercise, version, valid_from, valid_to, anchor_on) of each version."""
    names = {SQUAT: "squat", BRIDGE: "bridge"}
    return [
        (
            names[each.prescription_id],
            each.version,
            each.valid_from.isoformat(),
            None if each.valid_to is None else each.valid_to.isoformat(),
            each.anchor_on.isoformat(),
        )
        for each in cut_timeline(revisions)
    ]


def test_no_revision_gives_no_version() -> None:
    assert cut_timeline([]) == []


def test_a_first_revision_holds_from_its_date_on() -> None:
    assert told(revision(1, "2026-05-04", squat=(TEN, DAILY))) == [("squat", 1, "2026-05-04", None, "2026-05-04")]


def test_an_unchanged_prescription_keeps_its_version() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY), bridge=(TEN, DAILY))
    second = revision(2, "2026-05-11", squat=(TEN, DAILY), bridge=(TWELVE, DAILY))
    assert told(first, second) == [
        ("squat", 1, "2026-05-04", None, "2026-05-04"),
        ("bridge", 1, "2026-05-04", "2026-05-11", "2026-05-04"),
        ("bridge", 2, "2026-05-11", None, "2026-05-04"),
    ]


def test_a_change_of_dose_alone_keeps_the_rhythm() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, SECOND_DAY))
    second = revision(2, "2026-05-11", squat=(TWELVE, SECOND_DAY))
    assert told(first, second)[1] == ("squat", 2, "2026-05-11", None, "2026-05-04")


def test_a_change_of_schedule_starts_a_new_rhythm() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    second = revision(2, "2026-05-11", squat=(TEN, SECOND_DAY))
    assert told(first, second)[1] == ("squat", 2, "2026-05-11", None, "2026-05-11")


def test_a_note_is_part_of_the_dose_too() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    second = revision(2, "2026-05-11", squat=(type(TEN)(sets=TEN.sets, reps=TEN.reps, note="slowly"), DAILY))
    assert [each[1] for each in told(first, second)] == [1, 2]


def test_a_dropped_prescription_ends_and_comes_back_with_a_new_version_and_rhythm() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, SECOND_DAY), bridge=(TEN, DAILY))
    second = revision(2, "2026-05-11", bridge=(TEN, DAILY))
    third = revision(3, "2026-05-20", squat=(TEN, SECOND_DAY), bridge=(TEN, DAILY))
    assert told(first, second, third) == [
        ("squat", 1, "2026-05-04", "2026-05-11", "2026-05-04"),
        ("squat", 3, "2026-05-20", None, "2026-05-20"),
        ("bridge", 1, "2026-05-04", None, "2026-05-04"),
    ]


def test_an_empty_revision_ends_everything() -> None:
    assert told(revision(1, "2026-05-04", squat=(TEN, DAILY)), revision(2, "2026-05-11")) == [
        ("squat", 1, "2026-05-04", "2026-05-11", "2026-05-04")
    ]


def test_of_two_revisions_with_one_date_the_last_published_wins() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    mistaken = revision(2, "2026-05-11", squat=(TWELVE, DAILY), bridge=(TEN, DAILY))
    corrected = revision(3, "2026-05-11", squat=(TEN, TWICE_DAILY))
    assert told(first, mistaken, corrected) == [
        ("squat", 1, "2026-05-04", "2026-05-11", "2026-05-04"),
        ("squat", 3, "2026-05-11", None, "2026-05-11"),
    ]


def test_publishing_again_for_one_date_leaves_the_numbers_of_what_stays_alone() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY), bridge=(TEN, DAILY))
    again = revision(2, "2026-05-04", squat=(TEN, DAILY), bridge=(TWELVE, DAILY))
    assert told(first, again) == [
        ("squat", 1, "2026-05-04", None, "2026-05-04"),
        ("bridge", 2, "2026-05-04", None, "2026-05-04"),
    ]


def test_taking_a_mistake_back_on_the_same_date_leaves_the_version_untouched() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    mistaken = revision(2, "2026-05-11", squat=(TWELVE, DAILY))
    corrected = revision(3, "2026-05-11", squat=(TEN, DAILY))
    assert told(first, mistaken, corrected) == [("squat", 1, "2026-05-04", None, "2026-05-04")]


def test_a_back_dated_revision_recuts_and_the_later_dated_one_still_follows() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, SECOND_DAY))
    second = revision(2, "2026-05-18", squat=(TWELVE, SECOND_DAY))
    back_dated = revision(3, "2026-05-11", squat=(TEN, THREE_A_WEEK))
    assert told(first, second, back_dated) == [
        ("squat", 1, "2026-05-04", "2026-05-11", "2026-05-04"),
        ("squat", 3, "2026-05-11", "2026-05-18", "2026-05-11"),
        # Against the quota now before it the schedule is a new one, so its rhythm starts here.
        ("squat", 2, "2026-05-18", None, "2026-05-18"),
    ]


def test_a_back_dated_revision_may_bring_a_later_change_forward() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    second = revision(2, "2026-05-18", squat=(TWELVE, DAILY))
    back_dated = revision(3, "2026-05-11", squat=(TWELVE, DAILY))
    assert told(first, second, back_dated) == [
        ("squat", 1, "2026-05-04", "2026-05-11", "2026-05-04"),
        ("squat", 3, "2026-05-11", None, "2026-05-04"),
    ]


def test_a_revision_back_dated_before_the_first_takes_the_beginning() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    back_dated = revision(2, "2026-05-01", squat=(TWELVE, DAILY))
    assert told(first, back_dated) == [
        ("squat", 2, "2026-05-01", "2026-05-04", "2026-05-01"),
        ("squat", 1, "2026-05-04", None, "2026-05-01"),
    ]


def test_the_order_in_which_revisions_are_given_does_not_matter() -> None:
    revisions = [
        revision(1, "2026-05-04", squat=(TEN, DAILY)),
        revision(2, "2026-05-18", squat=(TWELVE, DAILY)),
        revision(3, "2026-05-11", bridge=(TEN, DAILY)),
        revision(4, "2026-05-18", squat=(TEN, DAILY)),
    ]
    answers = {tuple(told(*order)) for order in itertools.permutations(revisions)}
    assert len(answers) == 1


def test_on_the_day_of_the_change_the_new_version_holds_for_the_whole_date() -> None:
    first = revision(1, "2026-05-04", squat=(TEN, DAILY))
    second = revision(2, "2026-05-11", squat=(TWELVE, DAILY))
    held = [
        [each.version for each in cut_timeline([first, second]) if each.covers(day)]
        for day in (on("2026-05-03"), on("2026-05-10"), on("2026-05-11"))
    ]
    assert held == [[], [1], [2]]
