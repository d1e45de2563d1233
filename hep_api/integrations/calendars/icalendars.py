"""A feed as iCalendar (RFC 5545), byte for byte the same while nothing changed, so that an ETag can say so.

Without details there is no word of health in it: no exercise, no dose, no clinic, no name. icalendar is imported with
the first feed, so that no start waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from hep_api.dosing.words.doses import dose_in_words
from hep_api.integrations.calendars.events import CalendarEvent, starts_at
from hep_api.integrations.languages import Language

if TYPE_CHECKING:
    import icalendar

MEDIA_TYPE = "text/calendar"
REFRESH_EVERY = timedelta(hours=6)
LASTS = timedelta(minutes=15)
TITLES: Mapping[Language, str] = {
    Language.ENGLISH: "Exercises",
    Language.SPANISH: "Ejercicios",
    Language.GERMAN: "Übungen",
    Language.FRENCH: "Exercices",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed shows. `changed_at` and `sequence` grow with each change of the plans behind it."""

    zone: str
    day_starts_at: time
    language: Language
    details: bool
    changed_at: datetime
    sequence: int
    events: Sequence[CalendarEvent]


def as_icalendar(feed: Feed) -> bytes:
    """Return the feed's bytes; times stand in the patient's zone, whose rules are in it."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//hep-api//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", TITLES[feed.language])
    calendar.add("x-wr-calname", TITLES[feed.language])
    calendar.add("x-wr-timezone", feed.zone)
    calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH_EVERY))
    for event in feed.events:
        calendar.add_component(_event(event, feed))
    if any(event.at for event in feed.events):
        first, last = feed.events[0].day, feed.events[-1].day
        # A zone's rules from a year before: the first event needs the change of clocks that came before it.
        calendar.add_missing_timezones(first - timedelta(days=366), last + timedelta(days=366))
    return bytes(calendar.to_ical())


def _event(event: CalendarEvent, feed: Feed) -> icalendar.Event:
    import icalendar

    made = icalendar.Event()
    made.add("uid", str(event.id))
    made.add("dtstamp", feed.changed_at.astimezone(UTC))
    made.add("last-modified", feed.changed_at.astimezone(UTC))
    made.add("sequence", feed.sequence)
    made.add("class", "PRIVATE")
    # It says when to do something, not that one is not to be had.
    made.add("transp", "TRANSPARENT")
    made.add("summary", _summary(event, feed))
    if feed.details:
        lines = [f"{due.name}: {dose_in_words(due.dose, feed.language)}" for due in event.due]
        made.add("description", "\n".join(lines))
    if event.at is None:
        made.add("dtstart", event.day)
        made.add("dtend", event.day + timedelta(days=1))
    else:
        made.add("dtstart", starts_at(event.day, event.at, feed.zone, feed.day_starts_at))
        made.add("duration", LASTS)
    return made


def _summary(event: CalendarEvent, feed: Feed) -> str:
    title = TITLES[feed.language]
    return f"{title}: {', '.join(due.name for due in event.due)}" if feed.details else title
