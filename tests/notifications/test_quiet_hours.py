"""Quiet hours are what the wall shows, in any zone, whatever its clock is set to; told by looking at every minute."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.notifications.quieting import QuietHours, quiet_until

NIGHT = QuietHours(time(22), time(7))
MINUTE = timedelta(minutes=1)
# Two hours forward and back on one date, half an hour, at midnight, a date that was left out, and none at all.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
)
# When a clock was set, as a place to look around; the zone of another is as good as any time.
SETTINGS = (
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 14, 7, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 9, 6, 4, tzinfo=UTC),
    datetime(2026, 2, 15, 2, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
)


def by_the_minute(quiet: QuietHours, zone: str, at: datetime) -> datetime | None:
    """Return the same by looking at the wall again and again."""
    place, begun = ZoneInfo(zone), at
    while quiet.holds_at(at.astimezone(place).time()):
        at += MINUTE
    return at if at > begun else None


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-22T20:59:59Z", None),
        ("2026-11-22T21:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00Z", None),
        # The night in which the clock is put forward has an hour less.
        ("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"),
        ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"),
    ],
)
def test_the_night_ends_when_the_wall_says_so(at: str, until: str | None) -> None:
    expected = datetime.fromisoformat(until) if until else None
    assert quiet_until(NIGHT, "Europe/Berlin", datetime.fromisoformat(at)) == expected


def test_an_end_that_the_clock_skips_comes_when_it_is_set() -> None:
    skipped = QuietHours(time(23), time(2, 30))
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert quiet_until(skipped, "Europe/Berlin", at) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_nobody_who_wants_no_quiet_has_any() -> None:
    assert quiet_until(None, "Europe/Berlin", datetime(2026, 11, 22, 23, tzinfo=UTC)) is None


@settings(max_examples=100, deadline=None)
@given(
    starts=st.integers(0, 1439),
    lasts=st.integers(1, 1439),
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(SETTINGS),
    minutes=st.integers(-2 * 1440, 2 * 1440),
)
def test_the_end_of_quiet_is_the_first_minute_at_which_the_wall_shows_another_time(
    starts: int, lasts: int, zone: str, around: datetime, minutes: int
) -> None:
    ends = (starts + lasts) % 1440
    quiet = QuietHours(time(*divmod(starts, 60)), time(*divmod(ends, 60)))
    at = around + minutes * MINUTE
    assert quiet_until(quiet, zone, at) == by_the_minute(quiet, zone, at)
