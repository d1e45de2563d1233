"""The windows of closed days that figures are made over (docs/metrics.md).

Which day was closed last is said by the patient's clock (`foundation.clock`). A window that holds no closed day is
empty, never an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

TREND_DAYS = 14


@dataclass(frozen=True, slots=True)
class Window:
    """Closed local days from `first` to `last`, both included; empty when `last` lies before `first`."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    @property
    def trend_first(self) -> date:
        """Return the first of the 14 dates that end with the window's last closed day."""
        return self.last - timedelta(days=TREND_DAYS - 1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.days))


def trailing(days: int, last_closed: date) -> Window:
    return Window(last_closed - timedelta(days=days - 1), last_closed)


def between(from_on: date, to_on: date, last_closed: date) -> Window:
    """Return the closed days of [from, to]; days that are not over yet are cut off."""
    return Window(from_on, min(to_on, last_closed))


def open_day(window: Window, today: date) -> date | None:
    """Return today when it is the day behind the window; of one that ends earlier, or is empty, None."""
    return today if window.days and window.last + timedelta(days=1) == today else None


def whole_plan(starts_on: date, ends_on: date | None, last_closed: date) -> Window:
    """Return the closed days of a plan that runs over `[starts_on, ends_on)`, None being open."""
    if ends_on is None:
        return Window(starts_on, last_closed)
    return between(starts_on, ends_on - timedelta(days=1), last_closed)
