"""The only place that reads the clock. Doors call `now()` once and hand the instant down; nothing below asks again.

A person's local day may start after midnight (`day_starts_at`), so a night owl's 01:00 still belongs to yesterday.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, zone: str, day_starts_at: time = time(0)) -> date:
    """Return the person's date at `instant`: the calendar date in `zone`, the day beginning at `day_starts_at`."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() < day_starts_at:
        return local.date() - timedelta(days=1)
    return local.date()


def last_closed_day(instant: datetime, zone: str, day_starts_at: time = time(0)) -> date:
    """Return the newest date that is over on the person's clock: the day before their local date."""
    return local_date(instant, zone, day_starts_at) - timedelta(days=1)
