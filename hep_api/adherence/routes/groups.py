"""HTTP doors of the figures of groups: the clinic, its practitioners, its locations.

Practitioners see their own and the clinic's; there is no league table.
"""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.adherence.queries.groups import figures, why
from hep_api.adherence.queries.groups.figures import Group
from hep_api.adherence.queries.groups.why import GroupPage
from hep_api.adherence.schemas.groups import GroupFiguresQuery, GroupOut, GroupPageOut, GroupsOut, GroupWhyQuery
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in

routes = Routes("group adherence", "Adherence of groups of patients: means over patients, never over occurrences.")


@routes.get("/clinic/adherence")
@signed_in(*STAFF)
@asks(GroupFiguresQuery)
@returns(GroupOut)
def get_clinic_adherence(query: dict[str, Any]) -> Group:
    """Show the clinic's adherence: mean and median of its patients' measures.

    With `as_known_on` the counts are those of that instant, of the patients of today; that takes some milliseconds for
    each of them.
    """
    with transaction() as session:
        return figures.get_clinic_figures_for(session, viewer(), query, clock.now())


@routes.get("/clinic/adherence/practitioners")
@signed_in(*LEADERS)
@asks(GroupFiguresQuery)
@returns(GroupsOut)
def list_practitioners_adherence(query: dict[str, Any]) -> dict[str, Any]:
    """Show adherence by practitioner, over the patients whom each leads, by name."""
    with transaction() as session:
        return {"items": figures.list_practitioner_figures_for(session, viewer(), query, clock.now())}


@routes.get("/clinic/adherence/locations")
@signed_in(*LEADERS)
@asks(GroupFiguresQuery)
@returns(GroupsOut)
def list_locations_adherence(query: dict[str, Any]) -> dict[str, Any]:
    """Show adherence by location, by name."""
    with transaction() as session:
        return {"items": figures.list_location_figures_for(session, viewer(), query, clock.now())}


@routes.get("/practitioners/<uuid:member_id>/adherence")
@signed_in(*STAFF)
@asks(GroupFiguresQuery)
@returns(GroupOut)
def get_practitioner_adherence(member_id: UUID, query: dict[str, Any]) -> Group:
    """Show the adherence of the patients whom a practitioner leads; practitioners see their own only."""
    with transaction() as session:
        return figures.get_practitioner_figures_for(session, viewer(), member_id, query, clock.now())


@routes.get("/locations/<uuid:location_id>/adherence")
@signed_in(*LEADERS)
@asks(GroupFiguresQuery)
@returns(GroupOut)
def get_location_adherence(location_id: UUID, query: dict[str, Any]) -> Group:
    """Show the adherence of a location's patients."""
    with transaction() as session:
        return figures.get_location_figures_for(session, viewer(), location_id, query, clock.now())


@routes.get("/clinic/adherence/why")
@signed_in(*STAFF)
@asks(GroupWhyQuery)
@returns(GroupPageOut)
def explain_clinic_adherence(query: dict[str, Any]) -> GroupPage:
    """List the patients behind the clinic's figure whom you may see, of the trailing 28 closed days or of a period."""
    with transaction() as session:
        return why.explain_clinic_for(session, viewer(), query, clock.now())


@routes.get("/practitioners/<uuid:member_id>/adherence/why")
@signed_in(*STAFF)
@asks(GroupWhyQuery)
@returns(GroupPageOut)
def explain_practitioner_adherence(member_id: UUID, query: dict[str, Any]) -> GroupPage:
    """List the patients behind a practitioner's figure whom you may see; practitioners see their own only."""
    with transaction() as session:
        return why.explain_practitioner_for(session, viewer(), member_id, query, clock.now())


@routes.get("/locations/<uuid:location_id>/adherence/why")
@signed_in(*LEADERS)
@asks(GroupWhyQuery)
@returns(GroupPageOut)
def explain_location_adherence(location_id: UUID, query: dict[str, Any]) -> GroupPage:
    """List the patients behind a location's figure whom you may see."""
    with transaction() as session:
        return why.explain_location_for(session, viewer(), location_id, query, clock.now())
