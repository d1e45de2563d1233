"""HTTP door of a patient's day: the phone's first screen."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.adherence.queries import today
from hep_api.adherence.queries.today import PatientDay
from hep_api.adherence.schemas.today import DayQuery, TodayOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in

routes = Routes("today", "What is due on a day, and what is done of it.")


@routes.get("/patients/<uuid:patient_id>/today")
@signed_in(*EVERYONE)
@asks(DayQuery)
@returns(TodayOut, tag=etags.by_body)
def get_today(patient_id: UUID, query: dict[str, Any]) -> PatientDay:
    """Show what is due on a day, today unless `on` names another, and what was reported for it.

    Answers 304 to the ETag of an answer that still holds.
    """
    with transaction() as session:
        return today.get_day_for(session, viewer(), patient_id, query["on"], clock.now())
