"""How long is waited before a push is tried again: rules without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from hep_api.notifications.delivery.waiting import (
    ENDINGS,
    LONGEST_PAUSE,
    LONGEST_RETRY_AFTER,
    LONGEST_TROUBLE_PAUSE,
    TROUBLES_BEFORE_PAUSE,
    UNLESS_SAID,
    is_counted,
    pause_before_next,
    pause_in_trouble,
    retry_after,
)
from hep_api.notifications.models.pushes import PushResult

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("8", 8),
        (" 120 ", 120),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("9" * 400, LONGEST_RETRY_AFTER.total_seconds()),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("Sun, 01 Mar 9999 11:00:00 GMT", LONGEST_RETRY_AFTER.total_seconds()),
        ("Sun, 99 Mar 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_and_nonsense_is_no_wish(
    header: str | None, seconds: float | None
) -> None:
    asked = retry_after(header, NOW)
    assert (asked.total_seconds() if asked else None) == seconds


@pytest.mark.parametrize("spread", [0.75, 1.0, 1.25])
def test_pauses_double_up_to_a_most_and_are_never_shorter_than_what_was_asked_for(spread: float) -> None:
    pauses = [pause_before_next(PushResult.SERVER_ERROR, tries, None, spread) for tries in range(1, 30)]
    assert pauses[:3] == [timedelta(seconds=2 * spread), timedelta(seconds=4 * spread), timedelta(seconds=8 * spread)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE * spread
    asked = timedelta(seconds=30)
    assert all(pause_before_next(PushResult.TOO_OFTEN, tries, asked, spread) > asked for tries in range(1, 13))
    assert pause_before_next(PushResult.TOO_OFTEN, 1, None, spread) >= UNLESS_SAID


@pytest.mark.parametrize("result", sorted(TROUBLES_BEFORE_PAUSE))
def test_a_provider_is_left_alone_after_some_failures_in_a_row_for_longer_and_longer(result: PushResult) -> None:
    first = TROUBLES_BEFORE_PAUSE[result]
    assert all(pause_in_trouble(result, failures, 1.0) is None for failures in range(1, first))
    pauses = [pause_in_trouble(result, failures, 1.0) for failures in range(first, first + 40)]
    assert pauses[0] == timedelta(seconds=2)
    assert pauses[-1] == LONGEST_TROUBLE_PAUSE


def test_every_result_ends_a_push_or_has_it_tried_again_and_only_what_was_answered_counts() -> None:
    again = {PushResult.TOO_OFTEN, *TROUBLES_BEFORE_PAUSE}
    assert set(ENDINGS) | again == set(PushResult)
    assert not set(ENDINGS) & again
    assert {result for result in again if not is_counted(result)} == {PushResult.NO_ANSWER, PushResult.NOT_LET_IN}
