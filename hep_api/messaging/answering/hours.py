"""When a clinic is open: by the clock on its wall, exactly, in any zone.

An opening belongs to the date on which it begins: one over midnight goes on into a holiday, and one that would begin on
a holiday does not take place. What the wall shows twice is open twice, what it skips never is. Time is worked out in
blocks of 28 days, each once, and nobody looks farther than ten years.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_DAY = 24 * 60

# Minutes from the midnight with which a date begins; what ends on the next date ends behind 1440.
Opening = tuple[int, int]
Day = Sequence[Opening]
Span = tuple[datetime, datetime]

WHOLE_DAY: Day = ((0, MINUTES_OF_DAY),)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BLOCK = timedelta(days=28)
FARTHEST = 131  # blocks: ten years
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of being open, or closed, without a break; None: it has no end, or none within ten years."""

    is_open: bool
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class OpeningHours:
    """A week from Monday to Sunday, and dates on which something else holds; `week` None is open around the clock."""

    zone: str
    week: Sequence[Day] | None
    holidays: Mapping[date, Day]
    _blocks: dict[int, tuple[Span, ...]] = field(default_factory=dict, repr=False, compare=False)

    def stretch(self, at: datetime) -> Stretch:
        """Return how it is at an instant, since when, and until when."""
        if self.week is None:
            return Stretch(True, None, None)
        before = next(self._before(at), None)
        if before is not None and before[1] > at:
            end = self._end(before)
            return Stretch(True, self._begin(before), end)
        following = next(self._after(at), None)
        return Stretch(False, before and before[1], following and following[0])

    def is_open(self, at: datetime) -> bool:
        before = None if self.week is None else next(self._before(at), None)
        return self.week is None or (before is not None and before[1] > at)

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """Return for how long of `[since, until)` it is open; nothing when the end is not behind the beginning."""
        if self.week is None:
            return max(until - since, NO_TIME)
        within = takewhile(lambda span: span[0] < until, self._after(since))
        times = (min(end, until) - max(begin, since) for begin, end in within)
        return sum((max(each, NO_TIME) for each in times), NO_TIME)

    def due(self, at: datetime, allowed: timedelta) -> datetime | None:
        """Return when it has been open for so long since `at`; None: not within ten years."""
        if self.week is None:
            return at + allowed
        left = allowed
        for begin, end in self._after(at):
            begin = max(begin, at)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    def overdue_before(self, now: datetime, allowed: timedelta) -> datetime | None:
        """Return the last instant whose `due` is not after `now`; None: none within ten years."""
        if self.week is None:
            return now - allowed
        left = allowed
        for begin, end in self._before(now):
            end = min(end, now)
            if end - begin >= left:
                return end - left
            left -= end - begin
        return None

    def _after(self, at: datetime) -> Iterator[Span]:
        """Yield the spans that end behind an instant, in order; one may go on where the one before ends."""
        first = (at - EPOCH) // BLOCK
        for number in range(first, first + FARTHEST):
            spans = self._block(number)
            start = bisect_right(spans, at, key=_end_of) if number == first else 0
            yield from spans[start:]

    def _before(self, at: datetime) -> Iterator[Span]:
        """Yield the spans that begin at an instant or before it, the latest first."""
        last = (at - EPOCH) // BLOCK
        for number in range(last, last - FARTHEST, -1):
            spans = self._block(number)
            stop = bisect_right(spans, at, key=_begin_of) if number == last else len(spans)
            yield from reversed(spans[:stop])

    def _end(self, span: Span) -> datetime | None:
        """Return where the opening of which this is a part ends; at the seams of blocks it goes on."""
        end = span[1]
        for begin, until in self._after(span[1]):
            if begin > end:
                return end
            end = until
        return None

    def _begin(self, span: Span) -> datetime | None:
        begin = span[0]
        for since, end in self._before(span[0] - timedelta(microseconds=1)):
            if end < begin:
                return begin
            begin = since
        return None

    def _block(self, number: int) -> tuple[Span, ...]:
        spans = self._blocks.get(number)
        if spans is None:
            first = EPOCH + number * BLOCK
            spans = self._blocks[number] = tuple(_merged(self._spans(first, first + BLOCK)))
        return spans

    def _spans(self, first: datetime, last: datetime) -> Iterator[Span]:
        for since, until, ahead in _of_equal_offset(ZoneInfo(self.zone), first, last):
            # As the wall shows it: a naive time.
            wall_since, wall_until = (each.replace(tzinfo=None) + ahead for each in (since, until))
            for begin, end in self._on_the_wall(wall_since.date() - DAY, wall_until.date()):
                begin, end = max(begin, wall_since), min(end, wall_until)
                if begin < end:
                    yield (begin - ahead).replace(tzinfo=UTC), (end - ahead).replace(tzinfo=UTC)

    def _on_the_wall(self, first: date, last: date) -> Iterator[Span]:
        assert self.week is not None, "around the clock nothing is looked up"
        for days in range((last - first).days + 1):
            day = first + timedelta(days=days)
            midnight = datetime.combine(day, time())
            for begin, end in self.holidays.get(day, self.week[day.weekday()]):
                yield midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end)


def around_the_clock(zone: str) -> OpeningHours:
    return OpeningHours(zone, None, {})


def hours_from_json(zone: str, week: Mapping[str, Any] | None, holidays: Sequence[Mapping[str, Any]]) -> OpeningHours:
    """Return the hours that are kept as `{"mon": [["08:00", "12:00"]], ...}` and `[{"on": .., "hours": [..]}]`."""
    if week is None:
        return around_the_clock(zone)
    days = tuple(day_from_json(week.get(name, ())) for name in WEEKDAYS)
    if not holidays and all(day == WHOLE_DAY for day in days):
        return around_the_clock(zone)
    return OpeningHours(zone, days, {date.fromisoformat(each["on"]): day_from_json(each["hours"]) for each in holidays})


def day_from_json(openings: Iterable[Sequence[str]]) -> Day:
    """Return a date's openings; one that ends no later than it begins ends on the next date."""
    read = ((minutes(begin), minutes(end)) for begin, end in openings)
    return tuple((begin, end if end > begin else end + MINUTES_OF_DAY) for begin, end in read)


def minutes(clock: str) -> int:
    """Return the minutes since midnight of HH:MM, 24:00 among them."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _of_equal_offset(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut a time into pieces in which the zone's clock is not set, each with how far it is ahead of UTC."""
    since = at = first
    ahead = _ahead(zone, first)
    while at < last:
        following = min(at + DAY, last)
        if _ahead(zone, following) != ahead:
            following = _first_of_other_offset(zone, at, following, ahead)
            yield since, following, ahead
            since, ahead = following, _ahead(zone, following)
        at = following
    if since < last:
        yield since, last, ahead


def _first_of_other_offset(zone: ZoneInfo, at: datetime, other: datetime, ahead: timedelta) -> datetime:
    """Return the second at which the clock is set, which lies behind `at` and not behind `other`."""
    before, behind = 0, (other - at) // timedelta(seconds=1)
    while behind - before > 1:
        middle = (before + behind) // 2
        if _ahead(zone, at + timedelta(seconds=middle)) == ahead:
            before = middle
        else:
            behind = middle
    return at + timedelta(seconds=behind)


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or NO_TIME


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that meet or overlap."""
    present: Span | None = None
    for begin, end in sorted(spans):
        if present is None:
            present = begin, end
        elif begin > present[1]:
            yield present
            present = begin, end
        else:
            present = present[0], max(present[1], end)
    if present is not None:
        yield present


def _begin_of(span: Span) -> datetime:
    return span[0]


def _end_of(span: Span) -> datetime:
    return span[1]
