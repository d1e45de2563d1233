"""HTTP doors of calendars: what is due on each day, of a patient and of one plan."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.plans.queries import calendar
from hep_api.plans.queries.calendar import Calendar
from hep_api.plans.schemas.calendar import CalendarOut, CalendarQuery

routes = Routes("calendar", "What is due on each day, behind and ahead.")


@routes.get("/patients/<uuid:patient_id>/calendar")
@signed_in(*EVERYONE)
@asks(CalendarQuery)
@returns(CalendarOut, tag=etags.by_body)
def get_calendar(patient_id: UUID, query: dict[str, Any]) -> Calendar:
    """Show what is due on each day from `from` to `to`, both included, over all plans of a patient.

    All dates are the patient's. Revisions that are published for later count already. A patient no longer sees a plan
    that ended longer ago than the clinic keeps it readable.

    Errors: 422 naming `/to` for an order that makes no sense, or for more than 366 days.
    """
    asked = (query["from_on"], query["to_on"])
    with transaction() as session:
        return calendar.calendar_for(session, viewer(), patient_id, asked, asked_languages(), clock.now())


@routes.get("/plans/<uuid:plan_id>/calendar")
@signed_in(*EVERYONE)
@asks(CalendarQuery)
@returns(CalendarOut, tag=etags.by_body)
def get_plan_calendar(plan_id: UUID, query: dict[str, Any]) -> Calendar:
    """Show what is due on each day from `from` to `to`, both included, of one plan.

    Errors: 422 naming `/to` for an order that makes no sense, or for more than 366 days.
    """
    asked = (query["from_on"], query["to_on"])
    with transaction() as session:
        return calendar.calendar_of_plan_for(session, viewer(), plan_id, asked, asked_languages(), clock.now())
