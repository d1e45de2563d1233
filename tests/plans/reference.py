"""The rules of schedules, pauses and plans' dates once more, slow and obvious: one day after the other, nothing clever.

Shares no code with the rules under test but their data classes; the property tests compare the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hep_api.dosing.schedule import Schedule
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import Item, RevisionContent

ONE_DAY = timedelta(days=1)
LETTERS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass
class HeldOn:
    """What held for a prescription on one day."""

    item: Item
    version: int
    anchor_on: date


def revision_of(revisions: Iterable[RevisionContent], day: date) -> RevisionContent | None:
    """The latest effective date decides, among equals the one published last."""
    candidates = [revision for revision in revisions if revision.effective_on <= day]
    candidates.sort(key=lambda revision: (revision.effective_on.toordinal(), revision.number))
    return candidates[-1] if candidates else None


def first_number(revisions: list[RevisionContent], prescription_id: UUID, item: Item, day: date) -> int:
    """The lowest number of those that said just this for just this date."""
    numbers = [
        revision.number
        for revision in revisions
        if revision.effective_on == day and revision.items.get(prescription_id) == item
    ]
    return min(numbers)


def day_by_day(
    revisions: list[RevisionContent], prescription_id: UUID, first: date, last: date
) -> dict[date, HeldOn | None]:
    """What held on each day, found by comparing every day with the one before."""
    held: dict[date, HeldOn | None] = {}
    yesterday: HeldOn | None = None
    day = first
    while day <= last:
        revision = revision_of(revisions, day)
        item = revision.items.get(prescription_id) if revision else None
        if revision is None or item is None:
            today = None
        elif yesterday is None or yesterday.item.schedule != item.schedule:
            today = HeldOn(item, first_number(revisions, prescription_id, item, day), day)
        elif yesterday.item.dose != item.dose:
            today = HeldOn(item, first_number(revisions, prescription_id, item, day), yesterday.anchor_on)
        else:
            today = yesterday
        held[day] = today
        yesterday = today
        day += ONE_DAY
    return held


def asks_for_something(terms: PlanTerms, day: date) -> bool:
    if day < terms.starts_on:
        return False
    if terms.ends_on is not None and day >= terms.ends_on:
        return False
    paused_days = [pause for pause in terms.pauses if pause[0] <= day < (pause[1] or date.max)]
    return len(paused_days) == 0


def names_day(schedule: Schedule, anchor_on: date, day: date) -> bool:
    told = schedule.to_json()
    if told["kind"] == "daily":
        return True
    if told["kind"] == "weekdays":
        return LETTERS[day.isocalendar().weekday - 1] in told["weekdays"]
    if told["kind"] == "every_n_days":
        due = anchor_on
        while due < day:
            due += told["every_n_days"] * ONE_DAY
        return due == day
    return False


def expected(held: HeldOn | None, terms: PlanTerms, day: date) -> int:
    if held is None or not asks_for_something(terms, day):
        return 0
    if not names_day(held.item.schedule, held.anchor_on, day):
        return 0
    times = held.item.schedule.to_json()["times_per_day"]
    assert isinstance(times, int)
    return times


def calendar(
    revisions: list[RevisionContent], terms: PlanTerms, first: date, last: date
) -> dict[date, dict[UUID, tuple[int, str, int, bool, bool, bool]]]:
    """What is in force on each day: version, kind, how often it is due, at rest, paused, eligible for its quota."""
    told: dict[date, dict[UUID, tuple[int, str, int, bool, bool, bool]]] = {}
    prescriptions = {prescription_id for revision in revisions for prescription_id in revision.items}
    began = min([first, *(revision.effective_on for revision in revisions)])
    day = first
    while day <= last:
        told[day] = {}
        day += ONE_DAY
    for prescription_id in prescriptions:
        held = day_by_day(revisions, prescription_id, began, last)
        for day, in_force in told.items():
            now = held[day]
            if now is None or day < terms.starts_on or (terms.ends_on is not None and day >= terms.ends_on):
                continue
            kind = now.item.schedule.to_json()["kind"]
            paused = not asks_for_something(terms, day)
            times = expected(now, terms, day)
            rests = kind in ("daily", "weekdays", "every_n_days") and times == 0 and not paused
            fills = kind == "weekly_quota" and not paused
            in_force[prescription_id] = (now.version, kind, times, rests, paused, fills)
    return told


def quota_weeks(
    revisions: list[RevisionContent], terms: PlanTerms, first: date, last: date
) -> dict[tuple[UUID, date], list[tuple[date, int, int]]]:
    """Of each prescription and Monday the days that can fill a quota: day, version, how often a week."""
    monday = first
    while monday.isoweekday() != 1:
        monday -= ONE_DAY
    sunday = last
    while sunday.isoweekday() != 7:
        sunday += ONE_DAY
    by_number = {revision.number: revision for revision in revisions}
    weeks: dict[tuple[UUID, date], list[tuple[date, int, int]]] = {}
    for day, in_force in calendar(revisions, terms, monday, sunday).items():
        for prescription_id, (version, _, _, _, _, fills) in in_force.items():
            if fills:
                times = by_number[version].items[prescription_id].schedule.to_json()["times_per_week"]
                of_day = day - (day.isoweekday() - 1) * ONE_DAY
                weeks.setdefault((prescription_id, of_day), []).append((day, version, times))
    return weeks


def local_date(instant: datetime, zone: str, day_starts_at: time) -> date:
    """The date on the wall, or yesterday's while the day has not begun."""
    wall = datetime.fromtimestamp(instant.timestamp(), ZoneInfo(zone))
    minutes, begins = wall.hour * 60 + wall.minute, day_starts_at.hour * 60 + day_starts_at.minute
    return date(wall.year, wall.month, wall.day) - (ONE_DAY if minutes < begins else 0 * ONE_DAY)
