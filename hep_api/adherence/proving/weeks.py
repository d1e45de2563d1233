"""A patient's week, summed over all prescriptions from its days, in the terms of `patient_week`."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hep_api.adherence.proving.days import monday_of

Row = dict[str, Any]


def sum_weeks(days: Iterable[tuple[date, Row]]) -> dict[date, Row]:
    """Return {monday: sums} of (day, counts) of any prescriptions; a week without a day has none."""
    by_week: dict[date, list[tuple[date, Row]]] = {}
    for day, counts in days:
        by_week.setdefault(monday_of(day), []).append((day, counts))
    return {monday: _week(monday, of_week) for monday, of_week in by_week.items()}


def _week(monday: date, of_week: list[tuple[date, Row]]) -> Row:
    dates = [monday + timedelta(days=n) for n in range(7)]
    daily = [[counts for day, counts in of_week if day == each] for each in dates]
    due = [[counts for counts in of_day if counts["due"]] for of_day in daily]
    return {
        **{name: _running(daily, name) for name in ("expected", "done", "extra", "credited", "volume")},
        "due_days": _bits(bool(asked) for asked in due),
        "active_days": _bits(any(counts["completed"] >= 1 for counts in asked) for asked in due),
        "full_days": _bits(
            bool(asked) and all(counts["completed"] >= counts["expected"] for counts in asked) for asked in due
        ),
        "reported_days": _bits(any(counts["entries"] for counts in of_day) for of_day in daily),
        "skips": sorted(
            (
                (place, reason or "")
                for place, of_day in enumerate(daily)
                for counts in of_day
                for reason in counts["skip_reasons"]
            ),
            key=repr,
        ),
        **_rated("pain", _doubled_medians(daily, "pains")),
        **_rated("effort", _doubled_medians(daily, "efforts")),
    }


def _running(daily: list[list[Row]], name: str) -> list[Fraction]:
    """Return the total of the days up to each, Monday first."""
    totals, total = [], Fraction(0)
    for of_day in daily:
        total += sum((Fraction(counts[name]) for counts in of_day), Fraction(0))
        totals.append(total)
    return totals


def _rated(name: str, medians: list[tuple[int, int]]) -> Row:
    """Return which days have a rating, and the totals up to each day of twice its median, and of that times the day."""
    return {
        f"{name}_days": sum(1 << place for place, _ in medians),
        f"{name}_doubled": [sum(twice for place, twice in medians if place <= n) for n in range(7)],
        f"{name}_moments": [sum(place * twice for place, twice in medians if place <= n) for n in range(7)],
    }


def _bits(said: Iterable[bool]) -> int:
    return sum(1 << place for place, each in enumerate(said) if each)


def _doubled_medians(daily: list[list[Row]], name: str) -> list[tuple[int, int]]:
    found = []
    for place, of_day in enumerate(daily):
        values = sorted(value for counts in of_day for value in counts[name])
        if values:
            found.append((place, values[(len(values) - 1) // 2] + values[len(values) // 2]))
    return found
