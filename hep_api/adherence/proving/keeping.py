"""Which days a patient's counts are kept of, and what must stand on each, counted anew from plans and events.

Kept is every day with anything to tell, of the weeks up to where the plan is counted to, this week at least, and of
those in which anything was ever reported.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hep_api.adherence.proving.days import count_days, monday_of, sunday_of
from hep_api.adherence.proving.prescribing import versions_by_day
from hep_api.adherence.proving.reported import entries_that_hold

Row = dict[str, Any]
Key = tuple[UUID, date]


def today_of(now: datetime, zone: str, day_starts_at: time) -> date:
    """Return the date that the patient lives in: the wall clock's, where the day starts at `day_starts_at`.

    In an hour that comes twice it is the newest that who looked every minute saw, of the three hours before as well.
    """
    zoned, begun = ZoneInfo(zone), timedelta(hours=day_starts_at.hour, minutes=day_starts_at.minute)
    looks = range(1 + 180 * now.astimezone(zoned).fold)
    walls = ((now.astimezone(UTC) - timedelta(minutes=back)).astimezone(zoned).replace(tzinfo=None) for back in looks)
    return max((wall.replace(second=0, microsecond=0) - begun).date() for wall in walls)


def kept_days(plans: Iterable[Row], events: Iterable[Row], today: date) -> dict[Key, Row]:
    """Return {(prescription, day): counts} of all days that are to be stored, with the plan's id."""
    events = list(events)
    holding = entries_that_hold(events)
    reported: dict[UUID, set[date]] = {}
    for event in events:
        reported.setdefault(event["prescription_id"], set()).add(monday_of(event["performed_on"]))
    kept: dict[Key, Row] = {}
    for plan in plans:
        kept.update(_days_of_plan(plan, holding, reported, today))
    return kept


def _days_of_plan(plan: Row, holding: Iterable[Row], reported: Mapping[UUID, set[date]], today: date) -> dict[Key, Row]:
    until = sunday_of(max(plan["counted_until"] or today, today))
    held = {each for revision in plan["revisions"] for each in revision["items"]}
    weeks = {monday for each in held for monday in reported.get(each, ())}
    begun = [revision["effective_on"] for revision in plan["revisions"]]
    first, last = min([until, *weeks, *begun]), max([until, *map(sunday_of, weeks)])
    versions = versions_by_day(plan, last)
    kept: dict[Key, Row] = {}
    for prescription in sorted(held):
        own = reported.get(prescription, set())
        for day, counts in count_days(plan, versions, prescription, holding, first, last).items():
            told = counts["expected"] or counts["completed"] or counts["entries"]
            if told and (day <= until or monday_of(day) in own):
                kept[(prescription, day)] = {**counts, "plan_id": plan["id"]}
    return kept
