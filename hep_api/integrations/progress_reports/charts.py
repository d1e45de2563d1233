"""Where everything lies in a report's charts. They are drawn by a macro as inline SVG; numbers here are its units.

A value that is not measurable leaves a gap, in bars and in lines: it is neither 0 nor anything else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

WIDTH, HEIGHT = 640, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 18, 26
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
MOST_LABELS = 8
# So many bars leave room for a number above each.
MOST_NUMBERED = 14
# Nothing done is a line at the bottom; not measurable is nothing at all.
LEAST_HEIGHT = 1.0
LONGEST_RUN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid, or a place below it, with its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, `number` above it where there is room; `height` 0 and no number for what is not measurable."""

    x: float
    y: float
    width: float
    height: float
    number: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One series: dots, and the runs of them that are joined; dots that lie more than a week apart are not."""

    name: str
    dots: Sequence[Dot]
    runs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title and what it shows in a sentence, for whoever cannot see it."""

    key: str
    title: str
    description: str
    across: Sequence[Tick]
    below: Sequence[Tick]
    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()


def bars(values: Sequence[float | None], numbers: Sequence[str]) -> list[Bar]:
    """Return a bar for each value 0..1, of the same width each."""
    slot = PLOT_WIDTH / max(1, len(values))
    numbered = len(values) <= MOST_NUMBERED
    made = []
    for place, (value, number) in enumerate(zip(values, numbers, strict=True)):
        height = 0.0 if value is None else max(min(value, 1.0) * PLOT_HEIGHT, LEAST_HEIGHT)
        shown = number if numbered and value is not None else ""
        left, top = LEFT + slot * (place + 0.15), TOP + PLOT_HEIGHT - height
        made.append(Bar(_rounded(left), _rounded(top), _rounded(slot * 0.7), _rounded(height), shown))
    return made


def line(name: str, ratings: Sequence[tuple[date, float]], first: date, last: date) -> Line:
    """Return the series of ratings 0..10 by day over the dates."""
    days = max(1, (last - first).days)
    dots = [
        Dot(_rounded(LEFT + (day - first).days / days * PLOT_WIDTH), _height(rating / 10)) for day, rating in ratings
    ]
    runs: list[list[Dot]] = []
    before: date | None = None
    for (day, _), dot in zip(ratings, dots, strict=True):
        if before is None or day - before > LONGEST_RUN:
            runs.append([])
        runs[-1].append(dot)
        before = day
    return Line(name, dots, [" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1])


def across(words: Sequence[str]) -> list[Tick]:
    """Return lines of the grid from the bottom to the top, evenly."""
    return [Tick(_height(place / (len(words) - 1)), each) for place, each in enumerate(words)]


def below_bars(words: Sequence[str]) -> list[Tick]:
    """Return the words below bars, as many as have room."""
    slot = PLOT_WIDTH / max(1, len(words))
    return _thinned(Tick(_rounded(LEFT + slot * (place + 0.5)), each) for place, each in enumerate(words))


def below_days(words: Sequence[tuple[date, str]], first: date, last: date) -> list[Tick]:
    """Return the words below dates of a line, as many as have room."""
    days = max(1, (last - first).days)
    return _thinned(Tick(_rounded(LEFT + (day - first).days / days * PLOT_WIDTH), each) for day, each in words)


def _thinned(ticks: Iterable[Tick]) -> list[Tick]:
    made = list(ticks)
    return made[:: ceil(len(made) / MOST_LABELS) or 1]


def _height(share: float) -> float:
    return _rounded(TOP + (1 - share) * PLOT_HEIGHT)


def _rounded(number: float) -> float:
    return round(number, 1)
