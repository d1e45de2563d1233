"""What the numbers have to be, worked out from what the phones sent: docs/metrics.md, said as plainly as can be.

Shares nothing with the product.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from torture.phones.courses import Course, Version
from torture.phones.reports import Event

HALF = Fraction(1, 2)
RATIOS = ("completion", "dose", "active_days", "full_days", "relative_dose", "over_performance")


@dataclass(frozen=True, slots=True)
class Day:
    """One prescription on one day, or a quota's week on its last eligible day; `volume` stands on its own day."""

    day: date
    expected: int = 0
    completed: int = 0
    credited: Fraction = Fraction(0)
    volume: Fraction = Fraction(0)
    extra: int = 0
    is_due: bool = False


def numbers(course: Course, events: Iterable[Event], first: date, last: date) -> dict[str, tuple[Fraction, int]]:
    """Return numerator and denominator of each ratio over [first, last]."""
    entries: dict[tuple[UUID, date], list[Event]] = defaultdict(list)
    for entry in in_force(events):
        entries[UUID(entry["prescription_id"]), date.fromisoformat(entry["performed_on"])].append(entry)
    days = [each for id_ in course.prescriptions for each in _days(course, id_, entries) if first <= each.day <= last]
    expected = sum(each.expected for each in days)
    due = defaultdict(list)
    for each in days:
        if each.is_due:
            due[each.day].append(each)
    active = sum(any(each.completed >= 1 for each in of_day) for of_day in due.values())
    full = sum(all(each.completed >= each.expected for each in of_day) for of_day in due.values())
    sums: Sequence[tuple[Any, int]] = (
        (sum(min(each.completed, each.expected) for each in days), expected),
        (sum((each.credited for each in days), Fraction(0)), expected),
        (active, len(due)),
        (full, len(due)),
        (sum((each.volume for each in days), Fraction(0)), expected),
        (sum(each.extra for each in days), expected),
    )
    return {name: (Fraction(above), below) for name, (above, below) in zip(RATIOS, sums, strict=True)}


def in_force(events: Iterable[Event]) -> list[Event]:
    """Return of each entry the event with the highest revision, among equals the highest id; no void."""
    newest: dict[str, Event] = {}
    for event in events:
        entry_id: str = event.get("entry_id") or event["id"]
        if entry_id not in newest or _rank(newest[entry_id]) < _rank(event):
            newest[entry_id] = event
    return [event for event in newest.values() if event["kind"] != "void"]


def _rank(event: Event) -> tuple[int, bytes]:
    return event.get("revision", 0), UUID(event["id"]).bytes


def _days(course: Course, prescription_id: UUID, entries: dict[tuple[UUID, date], list[Event]]) -> list[Day]:
    """Return every day of one prescription, from the Monday before the course to the Sunday after today."""
    is_quota = course.prescriptions[prescription_id][0].is_quota
    monday = course.starts_on - timedelta(days=course.starts_on.weekday())
    found = []
    while monday <= course.today:
        week = [monday + timedelta(days=number) for number in range(7)]
        doings = {day: _doings(course, prescription_id, day, entries[prescription_id, day]) for day in week}
        if is_quota:
            found += _of_quota(course, prescription_id, doings)
        else:
            found += [_of_day(course, prescription_id, day, of_day) for day, of_day in doings.items()]
        monday += timedelta(days=7)
    return found


def _doings(course: Course, prescription_id: UUID, day: date, entries: Sequence[Event]) -> list[Fraction]:
    """Return the volume ratio of each doing: one for each slot, the largest, and one for each entry without a slot."""
    version = course.version_on(prescription_id, day)
    by_slot: dict[Any, Fraction] = {}
    for entry in entries:
        assert version is not None, "nothing is reported of a time before the first version"
        slot = entry.get("slot") or entry["id"]
        by_slot[slot] = max(by_slot.get(slot, Fraction(0)), _ratio(version, entry))
    return list(by_slot.values())


def _ratio(version: Version, entry: Event) -> Fraction:
    if entry["kind"] == "skipped":
        return Fraction(0)
    return Fraction(entry.get("sets", version.sets) * entry.get("reps", version.reps), version.sets * version.reps)


def _of_day(course: Course, prescription_id: UUID, day: date, doings: Sequence[Fraction]) -> Day:
    version = course.version_on(prescription_id, day)
    is_due = version is not None and day.weekday() in version.weekdays and day not in course.paused
    expected = version.times if version is not None and is_due else 0
    completed = _completed(doings)
    credits_ = sorted((min(Fraction(1), each) for each in doings), reverse=True)
    return Day(
        day,
        expected,
        completed,
        sum(credits_[:expected], Fraction(0)),
        sum(doings, Fraction(0)),
        max(0, completed - expected),
        is_due,
    )


def _of_quota(course: Course, prescription_id: UUID, doings: dict[date, list[Fraction]]) -> list[Day]:
    """Return the week on its last eligible day, and beside it what each day has by itself."""
    held = {day: course.version_on(prescription_id, day) for day in doings}
    eligible = {day: version for day, version in held.items() if version is not None and day not in course.paused}
    expected = floor(sum((Fraction(version.times, 7) for version in eligible.values()), Fraction(0)) + HALF)
    completed = sum(_completed(doings[day]) >= 1 for day in eligible)
    best = sum((min(Fraction(1), max(doings[day], default=Fraction(0))) for day in eligible), Fraction(0))
    days = [
        Day(day, volume=sum(of_day, Fraction(0)), extra=0 if day in eligible else _completed(of_day))
        for day, of_day in doings.items()
    ]
    if eligible:
        extra = max(0, completed - expected)
        days.append(Day(max(eligible), expected, completed, min(best, Fraction(expected)), extra=extra))
    return days


def _completed(doings: Sequence[Fraction]) -> int:
    return sum(each >= HALF for each in doings)
