"""Which date a person lives in, and which is over, also where zones set their clocks back, forward, or skip a day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hep_api.adherence.proving.keeping import today_of
from hep_api.foundation.clock import last_closed_day, local_date


@pytest.mark.parametrize(
    ("now", "zone", "starts", "closed"),
    [
        ("2026-06-10T21:59:59+00:00", "Europe/Berlin", "00:00", "2026-06-09"),
        ("2026-06-10T22:00:00+00:00", "Europe/Berlin", "00:00", "2026-06-10"),
        ("2026-06-11T01:59:59+00:00", "Europe/Berlin", "04:00", "2026-06-09"),
        ("2026-06-11T02:00:00+00:00", "Europe/Berlin", "04:00", "2026-06-10"),
        ("2026-06-10T10:00:00+00:00", "Pacific/Kiritimati", "00:00", "2026-06-10"),
        ("2026-06-10T10:00:00+00:00", "Pacific/Pago_Pago", "00:00", "2026-06-08"),
        ("2028-03-01T00:00:00+00:00", "UTC", "00:00", "2028-02-29"),
        ("2026-01-01T00:00:00+00:00", "UTC", "00:00", "2025-12-31"),
        # Samoa went over the date line and skipped the 30th: with the 29th both are over.
        ("2011-12-30T09:59:59+00:00", "Pacific/Apia", "00:00", "2011-12-28"),
        ("2011-12-30T10:00:00+00:00", "Pacific/Apia", "00:00", "2011-12-30"),
        # Clocks went from 2:00 to 3:00, past 2:30, so the day began with the jump.
        ("2026-03-29T00:59:59+00:00", "Europe/Berlin", "02:30", "2026-03-27"),
        ("2026-03-29T01:00:00+00:00", "Europe/Berlin", "02:30", "2026-03-28"),
        # Cairo went from 24:00 to 1:00: there was no midnight, and the day began with the jump.
        ("2026-04-23T21:59:59+00:00", "Africa/Cairo", "00:00", "2026-04-22"),
        ("2026-04-23T22:00:00+00:00", "Africa/Cairo", "00:00", "2026-04-23"),
        ("2026-04-23T22:00:00+00:00", "Africa/Cairo", "00:30", "2026-04-23"),
        # Clocks went from 3:00 back to 2:00: 2:30 had been passed and stays so.
        ("2026-10-25T00:29:59+00:00", "Europe/Berlin", "02:30", "2026-10-23"),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
        ("2026-10-25T01:00:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
        ("2026-10-25T01:10:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
        ("2026-10-25T01:30:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
        # 3:00 itself comes once.
        ("2026-10-25T01:59:59+00:00", "Europe/Berlin", "03:00", "2026-10-23"),
        ("2026-10-25T02:00:00+00:00", "Europe/Berlin", "03:00", "2026-10-24"),
        # 2:00 comes twice, the first time before the clocks are set back.
        ("2026-10-25T00:00:00+00:00", "Europe/Berlin", "02:00", "2026-10-24"),
        ("2026-10-25T01:00:00+00:00", "Europe/Berlin", "02:00", "2026-10-24"),
        # Cairo went from 24:00 back to 23:00: midnight came once, after the second 23:59.
        ("2026-10-29T20:59:59+00:00", "Africa/Cairo", "00:00", "2026-10-28"),
        ("2026-10-29T21:30:00+00:00", "Africa/Cairo", "00:00", "2026-10-28"),
        ("2026-10-29T22:00:00+00:00", "Africa/Cairo", "00:00", "2026-10-29"),
        # St. John's went from 0:01 back to 23:01 of the day before, which midnight had closed.
        ("2010-11-07T02:29:59+00:00", "America/St_Johns", "00:00", "2010-11-05"),
        ("2010-11-07T02:30:00+00:00", "America/St_Johns", "00:00", "2010-11-06"),
        ("2010-11-07T02:31:00+00:00", "America/St_Johns", "00:00", "2010-11-06"),
        # Lord Howe goes back by half an hour, from 2:00 to 1:30.
        ("2026-04-04T14:45:00+00:00", "Australia/Lord_Howe", "01:45", "2026-04-04"),
        ("2026-04-04T15:05:00+00:00", "Australia/Lord_Howe", "01:45", "2026-04-04"),
    ],
)
def test_a_day_is_closed_when_the_persons_clock_has_passed_it(now: str, zone: str, starts: str, closed: str) -> None:
    instant, begins, last = datetime.fromisoformat(now), time.fromisoformat(starts), date.fromisoformat(closed)
    # An instant is the same whatever the offset or the zone that it is written in.
    for written in (instant, instant.astimezone(ZoneInfo(zone)), instant.astimezone(ZoneInfo("Asia/Kathmandu"))):
        assert last_closed_day(written, zone, begins) == last
        assert local_date(written, zone, begins) == last + timedelta(days=1)
        assert today_of(written, zone, begins) == last + timedelta(days=1)


TURNS = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)]
ZONES = ["Europe/Berlin", "America/Havana", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]


@given(st.sampled_from(TURNS), st.sampled_from(ZONES), st.integers(-900, 900), st.integers(0, 240))
def test_closed_is_whatever_any_earlier_look_at_the_clock_saw_closed(
    turn: datetime, zone: str, minutes: int, starts_minute: int
) -> None:
    """A clock looked at every ten minutes of the day before, each look as a person would read it."""
    starts = time(starts_minute // 60, starts_minute % 60 // 10 * 10)
    now = turn + timedelta(minutes=minutes // 10 * 10)
    seen = []
    for back in range(0, 26 * 60, 10):
        wall = (now - timedelta(minutes=back)).astimezone(ZoneInfo(zone))
        seen.append(wall.date() - timedelta(days=1 if wall.time() >= starts else 2))
    assert last_closed_day(now, zone, starts) == max(seen)
    assert local_date(now, zone, starts) == today_of(now, zone, starts) == max(seen) + timedelta(days=1)
