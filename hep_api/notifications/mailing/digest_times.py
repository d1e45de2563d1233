"""When somebody's next digest is due: a wall time of theirs, in their zone, once for each date."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hep_api.messaging.check_ins.due import due_at

ONE_DAY = timedelta(days=1)


def next_time(at: time, zone: str, after: datetime, seen_to: date | None) -> datetime:
    """Return the first instant behind `after` that is `at` on a date past `seen_to`.

    Where the clocks skip the time, it is when they have; where they show it twice, the first time. A date that a zone
    skips has no time of its own.
    """
    day = after.astimezone(ZoneInfo(zone)).date() - ONE_DAY
    if seen_to is not None and seen_to >= day:
        day = seen_to + ONE_DAY
    while (instant := due_at(day, at, zone)) <= after:
        day += ONE_DAY
    return instant
