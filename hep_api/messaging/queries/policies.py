"""What the staff read of the clinic's settings of messages, and of when its locations are open."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Location
from hep_api.foundation.errors import not_found
from hep_api.messaging.answering.policies import Policy, policy_of
from hep_api.messaging.models.policies import LocationHours

SHOWN = (
    "version",
    "response_hours",
    "out_of_hours_text",
    "emergency_text",
    "emergency_line",
    "red_flag_pain",
    "red_flag_phrases",
    "red_flag_shipped_phrases",
    "escalate_after_minutes",
    "card_on_pain",
    "card_on_unclear",
    "after_plan_end",
)


def get_policy_for(session: Session, viewer: Viewer) -> dict[str, Any]:
    """Return the settings of the viewer's clinic, as they are shown."""
    policy = policy_of(session, viewer.clinic_id)
    return {"id": policy.clinic_id, **policy.as_kept, **{name: getattr(policy, name) for name in SHOWN}}


def get_location_hours_for(session: Session, viewer: Viewer, location_id: UUID) -> dict[str, Any]:
    """Return when a location is open, by hours of its own or by the clinic's; 404 when it is not the clinic's."""
    refuse_foreign_location(session, viewer, location_id)
    policy = policy_of(session, viewer.clinic_id)
    own = session.get(LocationHours, (viewer.clinic_id, location_id))
    return {**_hours(policy, own), "id": location_id, "is_own": own is not None, "version": policy.version}


def refuse_foreign_location(session: Session, viewer: Viewer, location_id: UUID) -> None:
    """Answer 404 for what is no location of the viewer's clinic."""
    location = select(Location.id).where(Location.clinic_id == viewer.clinic_id, Location.id == location_id)
    if session.scalar(location) is None:
        raise not_found("location")


def _hours(policy: Policy, own: LocationHours | None) -> dict[str, Any]:
    if own is None:
        return dict(policy.as_kept)
    said = {"zone": own.zone, "opening_hours": own.opening_hours, "holidays": own.holidays}
    return {name: policy.as_kept[name] if value is None else value for name, value in said.items()}
