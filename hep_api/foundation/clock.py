"""The only place that reads the clock. Doors call `now()` once and hand the instant down; nothing below asks again.

A person's local day may start after midnight (`day_starts_at`), so a night owl's 01:00 still belongs to yesterday.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, zone: str, day_starts_at: time = time(0)) -> date:
    """Return the person's date at `instant`: the calendar date in `zone`, the day beginning at `day_starts_at`.

    A clock set back brings no day back: what its first pass over `day_starts_at` closed stays closed.
    """
    local = instant.astimezone(ZoneInfo(zone))
    shown = local.date() if local.time() >= day_starts_at else local.date() - timedelta(days=1)
    following = shown + timedelta(days=1)
    # Of a wall time that comes twice, fold=0 (the default) is the first. In UTC: within one zone Python compares walls.
    begins = datetime.combine(following, day_starts_at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return following if begins <= instant else shown


def last_closed_day(instant: datetime, zone: str, day_starts_at: time = time(0)) -> date:
    """Return the newest date that is over on the person's clock: the day before their local date."""
    return local_date(instant, zone, day_starts_at) - timedelta(days=1)
