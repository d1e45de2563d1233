"""HTTP doors of how long patients wait for an answer. Practitioners see their own and the clinic's; nobody a league."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.insights.queries import response_times
from hep_api.insights.queries.response_times import ResponseTimes
from hep_api.insights.schemas.response_times import ResponseTimesOut, ResponseTimesQuery

routes = Routes("response times", "How long patients wait for an answer, in the clinic's opening hours.")


@routes.get("/clinic/response-times")
@signed_in(*STAFF)
@asks(ResponseTimesQuery)
@returns(ResponseTimesOut)
def get_clinic_response_times(query: dict[str, Any]) -> ResponseTimes:
    """Show how long the clinic's patients wait for an answer."""
    with transaction() as session:
        return response_times.get_clinic_times_for(session, viewer(), query, clock.now())


@routes.get("/practitioners/<uuid:member_id>/response-times")
@signed_in(*STAFF)
@asks(ResponseTimesQuery)
@returns(ResponseTimesOut)
def get_practitioner_response_times(member_id: UUID, query: dict[str, Any]) -> ResponseTimes:
    """Show how long the patients whom a practitioner leads wait; practitioners see their own only."""
    with transaction() as session:
        return response_times.get_practitioner_times_for(session, viewer(), member_id, query, clock.now())


@routes.get("/locations/<uuid:location_id>/response-times")
@signed_in(*LEADERS)
@asks(ResponseTimesQuery)
@returns(ResponseTimesOut)
def get_location_response_times(location_id: UUID, query: dict[str, Any]) -> ResponseTimes:
    """Show how long a location's patients wait for an answer."""
    with transaction() as session:
        return response_times.get_location_times_for(session, viewer(), location_id, query, clock.now())
