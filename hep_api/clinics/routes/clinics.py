"""HTTP doors of the clinic's settings and locations."""

from typing import Any

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.clinics.actions import settle
from hep_api.clinics.models import Clinic, Location
from hep_api.clinics.queries import clinics
from hep_api.clinics.schemas.clinics import ClinicChangeIn, ClinicOut, LocationIn, LocationOut
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of

routes = Routes("clinic", "The clinic's settings and locations.")


@routes.get("/clinic")
@signed_in(*STAFF)
@returns(ClinicOut, tag=etags.by_version)
def get_clinic() -> Clinic:
    """Show the clinic and its settings."""
    with transaction() as session:
        return clinics.get_clinic_for(session, viewer())


@routes.patch("/clinic")
@signed_in(*LEADERS)
@takes(ClinicChangeIn)
@returns(ClinicOut, tag=etags.by_version)
def change_clinic(body: dict[str, Any]) -> Clinic:
    """Change the clinic's settings; needs If-Match.

    `managers_may_read_records`, `records_kept_years` and `second_factor_required` are changed by owners only, with a
    second factor shown in the last ten minutes. Once the staff need one, those who have none are let in only to set one
    up.

    Errors: 403 when a manager changes one of these, `second_factor_needed` for an owner; 422 when `watch_from` is over
    `on_track_from`.
    """
    with transaction() as session:
        clinic = clinics.lock_clinic(session, viewer())
        etags.require_match(clinic.id, clinic.version)
        settle.change_clinic(session, viewer(), clinic, body, clock.now())
        return clinic


@routes.get("/locations")
@signed_in(*STAFF)
@asks(PageQuery)
@returns(page_of(LocationOut))
def list_locations(query: dict[str, Any]) -> Page[Location]:
    """List the clinic's locations by name."""
    with transaction() as session:
        return clinics.list_locations_for(session, viewer(), query)


@routes.post("/locations")
@signed_in(*LEADERS)
@takes(LocationIn)
@returns(LocationOut, 201)
def add_location(body: dict[str, Any]) -> Location:
    """Add a practice site.

    Errors: 409 naming `/name` when the clinic has a location of that name.
    """
    with transaction() as session:
        return settle.add_location(session, viewer(), body["name"], clock.now())
