"""HTTP doors of calendar feeds: a patient's own, and the address that a calendar program fetches."""

from typing import Any
from uuid import UUID

from flask import Response

from hep_api.accounts.viewer import Role, viewer
from hep_api.audit import notes
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, open_to_anyone, returns, sends, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.integrations.calendars import actions, queries
from hep_api.integrations.calendars.actions import MadeFeed
from hep_api.integrations.calendars.icalendars import MEDIA_TYPE, as_icalendar
from hep_api.integrations.calendars.models import CalendarFeed
from hep_api.integrations.calendars.schemas import CalendarFeedIn, CalendarFeedOut, NewCalendarFeedOut
from hep_api.integrations.languages import chosen

routes = Routes("calendars", "What is due, in the calendar program of the patient's choice.")


@routes.post("/patients/<uuid:patient_id>/calendar-feeds")
@signed_in(Role.PATIENT)
@takes(CalendarFeedIn)
@returns(NewCalendarFeedOut, 201)
def make_calendar_feed(patient_id: UUID, body: dict[str, Any]) -> MadeFeed:
    """Make an address by which a calendar program shows one's exercises; only for oneself.

    It holds what is due today and in the next 90 days, in the patient's zone. Unless `details` are wished for it says
    "Exercises" and nothing else. Weekly quotas and exercises as needed name no day and are not in it.

    Errors: 409 when there are ten already.
    """
    with transaction() as session:
        wished = {**body, "language": chosen(body["language"], asked_languages())}
        return actions.make_feed(session, viewer(), patient_id, wished, clock.now())


@routes.get("/patients/<uuid:patient_id>/calendar-feeds")
@signed_in(Role.PATIENT)
@asks(PageQuery)
@returns(page_of(CalendarFeedOut))
def list_calendar_feeds(patient_id: UUID, query: dict[str, Any]) -> Page[CalendarFeed]:
    """List one's feeds, the newest first, without their addresses."""
    with transaction() as session:
        return queries.list_feeds_for(session, viewer(), patient_id, query["limit"], query["cursor"])


@routes.delete("/patients/<uuid:patient_id>/calendar-feeds/<uuid:feed_id>")
@signed_in(Role.PATIENT)
@returns(None, 204)
def revoke_calendar_feed(patient_id: UUID, feed_id: UUID) -> None:
    """Revoke a feed: its address answers 404 from here on. What a calendar program has copied it may keep."""
    with transaction() as session:
        actions.revoke_feed(session, viewer(), patient_id, feed_id)


@routes.get("/calendars/<token>.ics")
@open_to_anyone(
    "The address is the proof: 256 random bits that were told once to the patient, who may revoke them. "
    "Calendar programs send no token.",
    pace=BY_PROGRAM,
)
@sends(MEDIA_TYPE, tagged=True)
def read_calendar_feed(token: str) -> Response:
    """Read a feed as iCalendar (RFC 5545).

    Errors: 404 for an address that is wrong or was revoked, and when the patient may no longer sign in.
    """
    with transaction() as session:
        shown = queries.feed_behind(session, token, clock.now())
        response = Response(as_icalendar(shown.feed), content_type=f"{MEDIA_TYPE}; charset=utf-8")
        etags.tagged(response, etags.by_body(None, response))
        if response.status_code == 200:
            # A program asks every few hours; what it learned nothing from is not told of.
            notes.note(session, "calendar.read", patient_id=shown.patient_id)
    return response
