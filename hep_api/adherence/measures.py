"""The measures of one patient or plan over a window of closed days (docs/metrics.md).

Made of day counts alone, so a stored rollup and a fresh count give the same figures. Means over patients
are left to `groups`, rounding to `ratios`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from hep_api.adherence.counting import DayCount
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.streaks import Streaks, standings, streaks
from hep_api.adherence.trends import Trend, trend
from hep_api.adherence.windows import Window


@dataclass(frozen=True, slots=True)
class States:
    """What became of the expected occurrences, which the first four add up to, and doings beyond them."""

    done: int
    partial: int
    skipped: int
    not_recorded: int
    expected: int
    extra: int


@dataclass(frozen=True, slots=True)
class AsNeeded:
    """Doings of exercises done as needed; `per_week` is None over an empty window."""

    doings: int
    per_week: Fraction | None
    days_over_maximum: int


@dataclass(frozen=True, slots=True)
class SkipCount:
    """How many occurrences were skipped for a reason; None: no reason was given."""

    reason: SkipReason | None
    occurrences: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What is said of a window; `skips` add up to the skipped occurrences, the commonest first."""

    window: Window
    completion: Ratio
    dose: Ratio
    active_days: Ratio
    full_days: Ratio
    relative_dose: Ratio
    over_performance: Ratio
    states: States
    skips: tuple[SkipCount, ...]
    as_needed: AsNeeded
    pain: Trend
    effort: Trend
    streaks: Streaks
    entries: int


def measure(counts: Iterable[DayCount], window: Window, today: date | None = None) -> Measures:
    """Return the measures over the window; `counts` reaches back to its `trend_first` or further.

    With `today`, the day behind the window that is not over, `counts` reaches on to the Sunday of its week: it
    extends a streak and counts for nothing else.
    """
    all_counts = list(counts)
    counted = [count for count in all_counts if count.day in window]
    expected = sum(count.expected for count in counted)
    done = sum(count.done for count in counted)
    active, full, due = _days(counted)
    return Measures(
        window=window,
        completion=Ratio(Fraction(done), expected),
        dose=Ratio(sum((count.credited for count in counted), Fraction(0)), expected),
        active_days=Ratio(Fraction(active), due),
        full_days=Ratio(Fraction(full), due),
        relative_dose=Ratio(sum((count.volume for count in counted), Fraction(0)), expected),
        over_performance=Ratio(Fraction(sum(count.extra for count in counted)), expected),
        states=_states(counted),
        skips=_skips(counted),
        as_needed=_as_needed(counted, window),
        pain=trend(_by_day((count.day, count.pains) for count in all_counts), window),
        effort=trend(_by_day((count.day, count.efforts) for count in all_counts), window),
        streaks=streaks(standings(all_counts), window, today),
        entries=sum(count.entries for count in counted),
    )


def _days(counted: list[DayCount]) -> tuple[int, int, int]:
    """Return how many dates were active, full and due; quotas and as_needed take no part."""
    due: dict[date, list[DayCount]] = {}
    for count in counted:
        if count.due:
            due.setdefault(count.day, []).append(count)
    active = sum(any(count.completed >= 1 for count in counts) for counts in due.values())
    full = sum(all(count.completed >= count.expected for count in counts) for counts in due.values())
    return active, full, len(due)


def _states(counted: list[DayCount]) -> States:
    return States(
        done=sum(count.done for count in counted),
        partial=sum(count.partial for count in counted),
        skipped=sum(count.skipped for count in counted),
        not_recorded=sum(count.not_recorded for count in counted),
        expected=sum(count.expected for count in counted),
        extra=sum(count.extra for count in counted),
    )


def _skips(counted: list[DayCount]) -> tuple[SkipCount, ...]:
    reasons = Counter(reason for count in counted for reason in count.skip_reasons)
    return tuple(
        SkipCount(reason, times)
        for reason, times in sorted(reasons.items(), key=lambda each: (-each[1], each[0] or ""))
    )


def _as_needed(counted: list[DayCount], window: Window) -> AsNeeded:
    """Return doings, doings / (closed days / 7), and days over the maximum by prescription and date."""
    doings = sum(count.as_needed_doings for count in counted)
    per_week = Fraction(doings * 7, window.days) if window.days else None
    return AsNeeded(doings, per_week, sum(count.over_maximum for count in counted))


def _by_day(ratings: Iterable[tuple[date, tuple[int, ...]]]) -> dict[date, list[int]]:
    by_day: dict[date, list[int]] = {}
    for day, values in ratings:
        by_day.setdefault(day, []).extend(values)
    return by_day
