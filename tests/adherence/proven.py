"""The measures of docs/metrics.md over a window, streaks, and a group's figures, from days that `proving` counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hep_api.adherence.proving.days import HALF, monday_of

Row = dict[str, Any]
# Prescription, day, counts.
Counted = Sequence[tuple[Any, date, Row]]


def measures(counted: Counted, first: date, last: date) -> Row:
    """Return the figures over the closed days first..last; `counted` may hold other days too.

    Ratios come as (numerator, denominator).
    """
    rows = [(day, counts) for _, day, counts in counted if first <= day <= last]
    dates = {day for day, counts in rows if counts["due"]}
    of_date = {day: [counts for other, counts in rows if other == day and counts["due"]] for day in dates}
    active = [day for day in dates if any(counts["completed"] >= 1 for counts in of_date[day])]
    full = [day for day in dates if all(counts["completed"] >= counts["expected"] for counts in of_date[day])]
    closed = max(0, (last - first).days + 1)
    doings = _total(rows, "as_needed_doings")
    return {
        "completion": (_total(rows, "done"), _total(rows, "expected")),
        "dose": (_total(rows, "credited"), _total(rows, "expected")),
        "active_days": (len(active), len(dates)),
        "full_days": (len(full), len(dates)),
        "relative_dose": (_total(rows, "volume"), _total(rows, "expected")),
        "over_performance": (_total(rows, "extra"), _total(rows, "expected")),
        "states": tuple(_total(rows, name) for name in ("done", "partial", "not_recorded", "expected", "extra")),
        "skip_reasons": Counter(reason for _, counts in rows for reason in counts["skip_reasons"]),
        "as_needed": (doings, doings / Fraction(closed, 7) if closed else None),
        "days_over_maximum": _total(rows, "over_maximum"),
        "entries": _total(rows, "entries"),
        "pain": trend(counted, "pains", first, last),
        "effort": trend(counted, "efforts", first, last),
    }


def _total(rows: Iterable[tuple[date, Row]], name: str) -> Fraction:
    return sum((Fraction(counts[name]) for _, counts in rows), Fraction(0))


def trend(counted: Counted, name: str, first: date, last: date) -> tuple[dict[date, Fraction], Fraction | None]:
    """Return ({day: median} of the window, slope per day over its last 14 dates)."""
    medians = {}
    for day in sorted({day for _, day, _ in counted}):
        values = sorted(value for _, other, counts in counted if other == day for value in counts[name])
        if values:
            low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
            medians[day] = Fraction(low + high, 2)
    points = [((last - day).days, y) for day, y in medians.items() if 0 <= (last - day).days < 14]
    n = len(points)
    slope = None
    if n >= 2 and first <= last:
        # The textbook's sums; x runs backwards here, so the sign turns.
        sx, sy = sum(x for x, _ in points), sum(y for _, y in points)
        sxy, sxx = sum(x * y for x, y in points), sum(x * x for x, _ in points)
        slope = -(n * sxy - sx * sy) / Fraction(n * sxx - sx * sx)
    return {day: y for day, y in medians.items() if first <= day <= last}, slope


def streaks(counted: Counted, first: date, last: date, today: date | None = None) -> Row:
    """Return {"days": (current, longest), "weeks": (current, longest)} over first..last, and maybe today."""
    return {
        "days": _runs(_said_of_days(counted, first, last, today)),
        "weeks": _runs(_said_of_weeks(counted, first, last, today)),
    }


def _said_of_days(counted: Counted, first: date, last: date, today: date | None) -> list[bool]:
    """Return of each date in order whether it kept the streak; dates with nothing due are left out."""
    said = []
    day = first
    while day <= (today or last):
        due = [counts for _, other, counts in counted if other == day and counts["due"]]
        kept = any(counts["completed"] >= 1 for counts in due)
        if due and (day <= last or kept):
            said.append(kept)
        day += timedelta(days=1)
    return said


def _said_of_weeks(counted: Counted, first: date, last: date, today: date | None) -> list[bool]:
    """The same of each week in which a quota is booked; one that is not over is left out until it is kept."""
    said = []
    monday = monday_of(first)
    while monday <= (today or last):
        booked = [
            (day, counts["completed"] >= counts["expected"])
            for _, day, counts in counted
            if monday_of(day) == monday and counts["expected"] and not counts["due"] and first <= day
        ]
        if today is None or monday != monday_of(today):
            booked = [each for each in booked if each[0] <= last]
        kept = all(met for _, met in booked)
        if booked and (kept or all(day <= last for day, _ in booked)):
            said.append(kept)
        monday += timedelta(days=7)
    return said


def _runs(said: list[bool]) -> tuple[int, int]:
    """Return how long the run at the end is, and the longest."""
    longest = run = 0
    for kept in said:
        run = run + 1 if kept else 0
        longest = max(longest, run)
    return run, longest


def group(patients: Iterable[tuple[int, int, bool]]) -> tuple[Any, ...]:
    """Return of [(done, expected, reported)] mean, median, measurable, excluded, coverage."""
    patients = list(patients)
    shares = sorted(Fraction(done, e) for done, e, _ in patients if e >= 3)
    expecting = [reported for _, e, reported in patients if e > 0]
    coverage = (len([reported for reported in expecting if reported]), len(expecting))
    if not shares:
        return None, None, 0, len(patients), coverage
    n = len(shares)
    middle = (shares[(n - 1) // 2] + shares[n // 2]) / 2
    return sum(shares) / n, middle, n, len(patients) - n, coverage


def shown(value: Fraction | None) -> Fraction | None:
    """Round to four decimals, half towards plus infinity, by going there in whole ten-thousandths."""
    if value is None:
        return None
    whole, rest = divmod(value * 10_000, 1)
    return Fraction(whole + (1 if rest >= HALF else 0), 10_000)
