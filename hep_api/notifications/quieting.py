"""When somebody wants quiet, by the clock on their wall: pure, in any zone.

It is quiet whenever the wall shows a time from `starts` to before `ends`; over midnight where `starts` is the later
one. What a clock that is set shows twice is quiet twice, what it skips never is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `starts` to before `ends`, which is another time."""

    starts: time
    ends: time

    def holds_at(self, wall: time) -> bool:
        """Return whether it is quiet when the wall shows this time."""
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends


def quiet_until(quiet: QuietHours | None, zone: str, at: datetime) -> datetime | None:
    """Return when the quiet in which an instant lies is over; None: it is not quiet then."""
    if quiet is None:
        return None
    place, at = ZoneInfo(zone), at.astimezone(UTC)
    begun = at
    while quiet.holds_at(_wall(place, at).time()):
        wall = _wall(place, at)
        shows = datetime.combine(wall.date(), quiet.ends)
        end = at + ((shows if shows > wall else shows + DAY) - wall)
        # Where the clock is set before the end, it may be over at that moment already, or come later.
        at = _first_setting(place, at, end) or end
    return at if at > begun else None


def _wall(place: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(place).replace(tzinfo=None)


def _first_setting(place: ZoneInfo, at: datetime, until: datetime) -> datetime | None:
    """Return the first second of `(at, until]` at which the wall's clock is ahead of UTC by another time than at `at`;
    None: none, or one that is taken back before `until`, which no zone does within a day.
    """
    ahead = at.astimezone(place).utcoffset()
    if until.astimezone(place).utcoffset() == ahead:
        return None
    first, last = at, until
    while last - first > SECOND:
        middle = first + (last - first) // 2
        if middle.astimezone(place).utcoffset() == ahead:
            first = middle
        else:
            last = middle
    return last.replace(microsecond=0)
