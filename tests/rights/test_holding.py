"""Until when a record is kept."""

from datetime import UTC, date, datetime

import pytest

from hep_api.rights.holding import Because, Held, last_hold, years_after

TODAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("contact", "years", "zone", "until"),
    [
        (datetime(2026, 5, 6, 12, tzinfo=UTC), 10, "Europe/Berlin", date(2036, 5, 6)),
        (datetime(2026, 5, 6, 23, tzinfo=UTC), 1, "Europe/Berlin", date(2027, 5, 7)),
        (datetime(2026, 5, 6, 1, tzinfo=UTC), 1, "America/New_York", date(2027, 5, 5)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 1, "UTC", date(2025, 3, 1)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 4, "UTC", date(2028, 2, 29)),
    ],
)
def test_years_are_counted_from_the_day_in_the_clinic(contact: datetime, years: int, zone: str, until: date) -> None:
    assert years_after(contact, years, zone) == until


@pytest.mark.parametrize(
    ("kept_until", "hold_until", "held"),
    [
        (None, None, None),
        (date(2026, 5, 5), None, None),
        (TODAY, None, Held(TODAY, Because.YEARS)),
        (None, TODAY, Held(TODAY, Because.HOLD)),
        (None, date(2026, 5, 5), None),
        (date(2030, 1, 1), date(2031, 1, 1), Held(date(2031, 1, 1), Because.HOLD)),
        (date(2032, 1, 1), date(2031, 1, 1), Held(date(2032, 1, 1), Because.YEARS)),
    ],
)
def test_the_longer_of_two_holds_counts_and_its_last_day_is_one_of_it(
    kept_until: date | None, hold_until: date | None, held: Held | None
) -> None:
    assert last_hold(TODAY, kept_until, hold_until) == held
