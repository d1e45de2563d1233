"""What a patient reports on two phones over the weeks, drawn by lot: doings, corrections that move or take out, and
events that cannot be taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hep_api.foundation.identifiers import new_id
from torture.phones.courses import Course

Event = dict[str, Any]
ZONE = "Europe/Berlin"
KINDS = ("done", "done", "done", "amount", "amount", "partial", "skipped")
REASONS = ("pain", "no_time", "forgot", "unwell")
CORRECTED, VOIDED, REFUSED, TOLD_OTHERWISE = 0.15, 0.3, 0.01, 0.02
# From noon of the day: at most 26 hours ahead of the server, and one day off the day as lived.
HOURS_OFF = (-20, 12)


@dataclass
class Reports:
    """Events by phone. `refused` cannot be taken; `altered` have the id of another and another content."""

    by_phone: tuple[list[Event], list[Event]] = field(default_factory=lambda: ([], []))
    taken: list[Event] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    altered: list[Event] = field(default_factory=list)


def make_reports(course: Course, amount: int, lots: Random, ids: Iterable[str] = ()) -> Reports:
    """Make up so many events, each on one of the two phones, whose clocks are hours off; the first have these ids."""
    reports, entries, given = Reports(), list[Event](), iter(ids)
    clocks = [timedelta(hours=lots.uniform(*HOURS_OFF)) for _ in reports.by_phone]
    for _ in range(amount):
        phone = lots.randrange(2)
        if entries and lots.random() < CORRECTED:
            event = _correction(course, lots.choice(entries), clocks[phone], lots)
        else:
            event = _first(course, clocks[phone], lots)
            event["id"] = next(given, event["id"])
            entries.append(event)
        reports.by_phone[phone].append(event)
        reports.taken.append(event)
    for event in _refused(course, amount, lots):
        reports.by_phone[lots.randrange(2)].append(event)
        reports.refused.add(event["id"])
    told = lots.sample(reports.taken, max(1, int(amount * TOLD_OTHERWISE)))
    reports.altered = [{**event, "comment": "Said otherwise later."} for event in told]
    return reports


def _first(course: Course, clock: timedelta, lots: Random) -> Event:
    prescription_id = lots.choice(list(course.prescriptions))
    return {
        "id": str(new_id()),
        "prescription_id": str(prescription_id),
        "version": lots.choice(course.prescriptions[prescription_id]).number,
        **_said(course, prescription_id, clock, lots),
    }


def _correction(course: Course, entry: Event, clock: timedelta, lots: Random) -> Event:
    """Return a correction of an entry; two phones may choose the same revision."""
    said = _said(course, UUID(entry["prescription_id"]), clock, lots)
    if lots.random() < VOIDED:
        said = {name: said[name] for name in ("performed_at", "performed_on", "zone")} | {"kind": "void"}
    named = {name: entry[name] for name in ("prescription_id", "version")}
    revision = {"entry_id": entry["id"], "revision": lots.randint(1, 3)}
    return {"id": str(new_id()), **named, **revision, "reason": "Mistaken.", **said}


def _said(course: Course, prescription_id: UUID, clock: timedelta, lots: Random) -> Event:
    first = course.prescriptions[prescription_id][0].starts_on
    day = first + timedelta(days=lots.randint(0, (course.today - first).days))
    kind = lots.choice(KINDS)
    said: Event = {"kind": "done" if kind == "amount" else kind, "zone": ZONE, **_at(day, clock)}
    if kind in ("amount", "partial"):
        said |= {"sets": lots.randint(0, 6)} if lots.random() < 0.5 else {"reps": lots.randint(0, 15)}
    if kind == "skipped":
        said["skip_reason"] = lots.choice(REASONS)
    if lots.random() < 0.6:
        said["slot"] = lots.randint(1, 3)
    if lots.random() < 0.3:
        said["pain"] = lots.randint(0, 10)
    return said


def _at(day: date, clock: timedelta) -> Event:
    """Return the instant by a phone's wrong clock, and the day as lived."""
    noon = datetime.combine(day, time(12), UTC)
    return {"performed_at": (noon + clock).isoformat(timespec="seconds"), "performed_on": day.isoformat()}


def _refused(course: Course, amount: int, lots: Random) -> Iterator[Event]:
    """Yield events of days that have not come, and events of nobody's exercises."""
    for number in range(max(2, int(amount * REFUSED))):
        event = _first(course, timedelta(0), lots)
        if number % 2:
            yield {**event, "prescription_id": str(new_id())}
        else:
            yield {**event, **_at(course.today + timedelta(days=3), timedelta(0))}
