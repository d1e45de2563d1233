"""How pain and effort go: the median of each local day and its least-squares slope (docs/metrics.md).

Exact: medians and slopes are fractions. Days without a report are gaps, not zeros.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from hep_api.adherence.windows import Window


class Median(NamedTuple):
    """The middle of what was reported on one day."""

    day: date
    median: Fraction


@dataclass(frozen=True, slots=True)
class Trend:
    """Medians of the window's days that have a report, and the slope per day over the last 14 dates.

    `slope` is None with fewer than two reported days among them.
    """

    medians: tuple[Median, ...]
    slope: Fraction | None


def trend(ratings: Mapping[date, Sequence[int]], window: Window) -> Trend:
    """Return the trend of ratings 0..10 by day; `ratings` reaches back to the window's `trend_first`."""
    medians = {day: median(values) for day, values in sorted(ratings.items()) if values}
    recent = [(day.toordinal(), value) for day, value in medians.items() if window.trend_first <= day <= window.last]
    within = tuple(Median(day, value) for day, value in medians.items() if day in window)
    return Trend(within, slope(recent) if window.days else None)


def median(values: Iterable[int | Fraction]) -> Fraction:
    """Return the middle value, of an even count the mean of the middle two; `values` may not be empty."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle]) / 2


def slope(points: Sequence[tuple[int, Fraction]]) -> Fraction | None:
    """Return the slope of the line of least squares through (x, y); None through fewer than two points.

    That is the sum of (x - mean) y over the sum of (x - mean) x, both times the number of points to stay whole.
    """
    if len(points) < 2:
        return None
    n, total = len(points), sum(x for x, _ in points)
    weights = [n * x - total for x, _ in points]
    spread = sum(weight * x for weight, (x, _) in zip(weights, points, strict=True))
    return sum((weight * y for weight, (_, y) in zip(weights, points, strict=True)), Fraction(0)) / spread
