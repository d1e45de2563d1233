"""HTTP doors of what a clinic has settled about messages, and of when it is open."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.clinics.models import Clinic
from hep_api.clinics.queries import clinics
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, needs_if_match, returns, signed_in, takes
from hep_api.messaging.actions import policies as settling
from hep_api.messaging.queries import policies
from hep_api.messaging.schemas.opening_hours import holidays_as_kept
from hep_api.messaging.schemas.policies import (
    LocationHoursIn,
    LocationHoursOut,
    MessagingPolicyChangeIn,
    MessagingPolicyOut,
)

routes = Routes("messaging policy", "Opening hours, what patients are told outside of them, red flags.")


@routes.get("/clinic/messaging")
@signed_in(*STAFF)
@returns(MessagingPolicyOut, tag=etags.by_version)
def get_messaging_policy() -> dict[str, Any]:
    """Show what the clinic has settled about messages."""
    with transaction() as session:
        return policies.get_policy_for(session, viewer())


@routes.patch("/clinic/messaging")
@signed_in(*LEADERS)
@takes(MessagingPolicyChangeIn)
@returns(MessagingPolicyOut, tag=etags.by_version)
def change_messaging_policy(body: dict[str, Any]) -> dict[str, Any]:
    """Change what the clinic has settled about messages; needs If-Match.

    All settings of a clinic have one version: after a change of any, read anew. Hours hold from now on; answers that
    were given before keep the time that they took.
    """
    with transaction() as session:
        clinic = clinics.lock_clinic(session, viewer())
        etags.require_match(clinic.id, clinic.version)
        settling.change_policy(session, clinic, _as_kept(body))
        return policies.get_policy_for(session, viewer())


@routes.get("/locations/<uuid:location_id>/hours")
@signed_in(*STAFF)
@returns(LocationHoursOut, tag=etags.by_version)
def get_location_hours(location_id: UUID) -> dict[str, Any]:
    """Show when a location is open: by hours of its own, or by the clinic's."""
    with transaction() as session:
        return policies.get_location_hours_for(session, viewer(), location_id)


@routes.put("/locations/<uuid:location_id>/hours")
@signed_in(*LEADERS)
@takes(LocationHoursIn)
@returns(LocationHoursOut, tag=etags.by_version)
def set_location_hours(location_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Give a location hours of its own, in place of the clinic's; needs If-Match."""
    with transaction() as session:
        clinic = _clinic_of(session, location_id)
        settling.set_location_hours(session, clinic, location_id, _as_kept(body))
        return policies.get_location_hours_for(session, viewer(), location_id)


@routes.delete("/locations/<uuid:location_id>/hours")
@signed_in(*LEADERS)
@needs_if_match
@returns(None, 204)
def remove_location_hours(location_id: UUID) -> None:
    """Let the clinic's hours be the location's again; needs If-Match."""
    with transaction() as session:
        settling.remove_location_hours(session, _clinic_of(session, location_id), location_id)


def _clinic_of(session: Session, location_id: UUID) -> Clinic:
    clinic = clinics.lock_clinic(session, viewer())
    policies.refuse_foreign_location(session, viewer(), location_id)
    etags.require_match(location_id, clinic.version)
    return clinic


def _as_kept(body: dict[str, Any]) -> dict[str, Any]:
    kept = dict(body)
    if kept.get("holidays") is not None:
        kept["holidays"] = holidays_as_kept(kept["holidays"])
    return kept
