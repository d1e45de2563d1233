"""What stands in a calendar: one event for all that is due at a time of a day, or on a whole day.

Quotas and exercises as needed name no day, so they are in no calendar: the patient chooses.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from hep_api.dosing.dose import Dose
from hep_api.plans.occurrences import due_occurrences
from hep_api.plans.queries.histories import PrescriptionHistory

DAYS_AHEAD = 90
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One exercise of an event."""

    name: str
    dose: Dose


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """All that is due at one time of a patient's day; `at` None is the whole day. The id stays through any change."""

    id: UUID
    day: date
    at: time | None
    due: Sequence[Due]


def events_of(
    feed_id: UUID, histories: Iterable[PrescriptionHistory], today: date, times: Sequence[time]
) -> list[CalendarEvent]:
    """Return the events of today and the next 90 days, by day and time."""
    found: dict[tuple[date, time | None], list[Due]] = defaultdict(list)
    at_slots = times or (None,)
    for history in histories:
        doses = {version.version: version.dose for version in history.versions}
        for occurrence in due_occurrences(history.versions, history.terms, today, today + DAYS_AHEAD * ONE_DAY):
            # The first doing at the first time, the second at the second; those left over go with the last.
            if occurrence.slot <= len(at_slots):
                at = at_slots[occurrence.slot - 1]
                found[occurrence.day, at].append(Due(history.exercise_name, doses[occurrence.version]))
    return [
        CalendarEvent(_id_of(feed_id, day, at), day, at, due)
        for (day, at), due in sorted(found.items(), key=lambda item: (item[0][0], item[0][1] or time.min))
    ]


def starts_at(day: date, at: time, zone: str, day_starts_at: time) -> datetime:
    """Return when a time of a patient's day begins: before their day starts, the clock already shows the next date."""
    date_on_clock = day + ONE_DAY if at < day_starts_at else day
    return datetime.combine(date_on_clock, at, ZoneInfo(zone))


def _id_of(feed_id: UUID, day: date, at: time | None) -> UUID:
    return uuid5(NAMESPACE_OID, f"{feed_id} {day} {at}")
