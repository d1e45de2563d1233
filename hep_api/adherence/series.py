"""A window cut into days or calendar weeks, each measured as a window of its own.

Every date has its place, also one on which nothing was expected, so that a line through the series has no gaps. A
week's quota stands on its last eligible day, so by day it is a step, and by week it is where it belongs.
"""

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from hep_api.adherence.counting import DayCount
from hep_api.adherence.days import monday_of
from hep_api.adherence.measures import Measures, measure
from hep_api.adherence.windows import Window

SIX_DAYS, ONE_WEEK = timedelta(days=6), timedelta(days=7)


class Bucket(enum.StrEnum):
    """What a series goes by."""

    DAY = "day"
    WEEK = "week"


def by_day(counts: Iterable[DayCount], window: Window) -> list[Measures]:
    """Return the measures of each day; `counts` reaches back 13 days before the window, for the slopes."""
    return _measured(counts, days_of(window))


def by_week(counts: Iterable[DayCount], window: Window) -> list[Measures]:
    """Return the measures of each week, Monday to Sunday, the first and the last cut to the window."""
    return _measured(counts, weeks_of(window))


def series(counts: Iterable[DayCount], window: Window, by: Bucket) -> list[Measures]:
    """Return the measures of each bucket of the window."""
    return _measured(counts, BUCKETS[by](window))


def days_of(window: Window) -> Iterator[Window]:
    """Yield each day as a window."""
    return (Window(day, day) for day in window)


def weeks_of(window: Window) -> Iterator[Window]:
    """Yield the calendar weeks as windows, the first and the last cut to the window."""
    first = window.first
    while first <= window.last:
        yield Window(first, min(monday_of(first) + SIX_DAYS, window.last))
        first = monday_of(first) + ONE_WEEK


BUCKETS: dict[Bucket, Callable[[Window], Iterator[Window]]] = {Bucket.DAY: days_of, Bucket.WEEK: weeks_of}


def _measured(counts: Iterable[DayCount], buckets: Iterable[Window]) -> list[Measures]:
    """Measure each bucket from the counts of its days and of the dates that its slopes look back on."""
    ordered = sorted(counts, key=_day_of)
    found = []
    for bucket in buckets:
        start = bisect_left(ordered, min(bucket.first, bucket.trend_first), key=_day_of)
        found.append(measure(ordered[start : bisect_right(ordered, bucket.last, key=_day_of)], bucket))
    return found


def _day_of(count: DayCount) -> date:
    return count.day
