"""One prescription day by day: what was expected, what of it was done, and what became of the rest."""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hep_api.adherence.proving.prescribing import ONE_DAY, Versions, expected, is_eligible, versions_by_day
from hep_api.adherence.proving.reported import doings, entries_that_hold

Row = dict[str, Any]

HALF = Fraction(1, 2)


def count_prescription(
    plan: Row, prescription: UUID, events: Iterable[Row], first: date, last: date
) -> dict[date, Row]:
    """Return {day: counts} of every day from `first` to `last`; `events` may be of others too."""
    versions = versions_by_day(plan, sunday_of(last))
    return count_days(plan, versions, prescription, entries_that_hold(events), first, last)


def count_days(
    plan: Row, versions: Versions, prescription: UUID, holding: Iterable[Row], first: date, last: date
) -> dict[date, Row]:
    """The same of events that hold; whole weeks around the days are looked at for the quotas."""
    by_day: dict[date, list[Row]] = {}
    for entry in holding:
        if entry["prescription_id"] == prescription:
            by_day.setdefault(entry["performed_on"], []).append(entry)
    counts: dict[date, Row] = {}
    seen: dict[date, tuple[Row | None, list[Row]]] = {}
    day = monday_of(first)
    while day <= sunday_of(last):
        version = versions.get(day, {}).get(prescription)
        seen[day] = (version, doings(plan, version, by_day.get(day, [])))
        counts[day] = _count_day(plan, version, day, by_day.get(day, []), seen[day][1])
        if day.weekday() == 6:
            _book_quota(plan, day, seen, counts)
        day += ONE_DAY
    return {day: counted for day, counted in counts.items() if first <= day <= last}


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def sunday_of(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())


def _count_day(plan: Row, version: Row | None, day: date, entries: list[Row], found: list[Row]) -> Row:
    needed = [each for each in found if each["as_needed"] and each["v"] > 0]
    others = [each for each in found if not each["as_needed"]]
    counted = {
        "version": version["version"] if version else None,
        "volume": sum((each["v"] for each in others), Fraction(0)),
        "as_needed_doings": len(needed),
        "over_maximum": any(each["most"] is not None and len(needed) > each["most"] for each in needed),
        "entries": len(entries),
        "pains": sorted(entry["pain"] for entry in entries if entry["pain"] is not None),
        "efforts": sorted(entry["effort"] for entry in entries if entry["effort"] is not None),
        "due": False,
    }
    if is_eligible(plan, version, day):
        return {**counted, **_states(0, 0, Fraction(0), [])}
    e = expected(plan, version, day)
    credited = sorted((min(Fraction(1), each["v"]) for each in others), reverse=True)
    completed = len([credit for credit in credited if credit >= HALF])
    return {**counted, "due": e > 0, **_states(e, completed, sum(credited[:e], Fraction(0)), others)}


def _book_quota(
    plan: Row, sunday: date, seen: Mapping[date, tuple[Row | None, list[Row]]], counts: Mapping[date, Row]
) -> None:
    """Book the week's quota on its last eligible day."""
    week = [sunday - timedelta(days=back) for back in range(6, -1, -1)]
    days = [day for day in week if is_eligible(plan, seen[day][0], day)]
    if not days:
        return
    owed, completed, credited, found = Fraction(0), 0, Fraction(0), []
    for day in days:
        version, of_day = seen[day]
        assert version is not None, "an eligible day has a version"
        owed += Fraction(version["schedule"]["times_per_week"], 7)
        best = max([min(Fraction(1), each["v"]) for each in of_day], default=Fraction(0))
        credited += best
        completed += best >= HALF
        found += of_day
    e = math.floor(owed + HALF)
    counts[days[-1]].update(_states(e, completed, min(Fraction(e), credited), found))


def _states(e: int, completed: int, credited: Fraction, found: list[Row]) -> Row:
    """Fill e occurrences: done, partial, skipped, and what is left is not recorded."""
    done = ["done"] * min(completed, e)
    partial = ["partial" for each in found if 0 < each["v"] < HALF]
    skipped = [each for each in found if each["skip"]]
    partial = partial[: e - len(done)]
    skipped = skipped[: e - len(done) - len(partial)]
    return {
        "expected": e,
        "completed": completed,
        "credited": credited,
        "done": len(done),
        "partial": len(partial),
        "skip_reasons": [each["reason"] for each in skipped],
        "not_recorded": e - len(done) - len(partial) - len(skipped),
        "extra": max(0, completed - e),
    }
