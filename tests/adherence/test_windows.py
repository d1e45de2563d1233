"""Which days are over on the patient's clock, and which of them a window holds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hep_api.adherence.windows import Window, between, last_closed_day, trailing, whole_plan

MIDNIGHT = time(0)


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
        # Clocks went from 3:00 back to 2:00: 2:30 had been passed and stays so.
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
        ("2026-10-25T01:00:00+00:00", "Europe/Berlin", "02:30", "2026-10-24"),
    ],
)
def test_a_day_is_closed_when_the_patients_clock_has_passed_it(now, zone, starts, closed):
    found = last_closed_day(datetime.fromisoformat(now), zone, time.fromisoformat(starts))
    assert found == date.fromisoformat(closed)


TURNS = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)]
ZONES = ["Europe/Berlin", "America/Havana", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]


@given(st.sampled_from(TURNS), st.sampled_from(ZONES), st.integers(-900, 900), st.integers(0, 240))
def test_closed_is_whatever_any_earlier_look_at_the_clock_saw_closed(turn, zone, minutes, starts_minute):
    """A clock looked at every ten minutes of the day before, each look as a person would read it."""
    starts = time(starts_minute // 60, starts_minute % 60 // 10 * 10)
    now = turn + timedelta(minutes=minutes // 10 * 10)
    seen = []
    for back in range(0, 26 * 60, 10):
        wall = (now - timedelta(minutes=back)).astimezone(ZoneInfo(zone))
        seen.append(wall.date() - timedelta(days=1 if wall.time() >= starts else 2))
    assert last_closed_day(now, zone, starts) == max(seen)


def test_trailing_windows_hold_as_many_days_as_they_say():
    window = trailing(7, date(2026, 6, 10))
    assert (window.first, window.last, window.days) == (date(2026, 6, 4), date(2026, 6, 10), 7)
    assert next(iter(window)) == window.first
    assert len(list(window)) == 7


def test_both_ends_are_included_and_days_not_over_are_cut_off():
    assert between(date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 10)) == Window(
        date(2026, 6, 1), date(2026, 6, 10)
    )
    assert between(date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 10)).days == 2
    assert between(date(2026, 6, 11), date(2026, 6, 12), date(2026, 6, 10)).days == 0


def test_a_plan_is_looked_at_over_its_own_dates():
    closed = date(2026, 6, 10)
    assert whole_plan(date(2026, 6, 1), None, closed) == Window(date(2026, 6, 1), closed)
    assert whole_plan(date(2026, 6, 1), date(2026, 6, 5), closed) == Window(date(2026, 6, 1), date(2026, 6, 4))
    assert whole_plan(date(2026, 6, 1), date(2026, 6, 1), closed).days == 0
    assert whole_plan(date(2026, 7, 1), None, closed).days == 0
