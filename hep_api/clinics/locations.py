"""The check that a named location is one of the clinic's."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Location
from hep_api.foundation.errors import invalid_field


def refuse_unknown_location(session: Session, clinic_id: UUID, location_id: UUID) -> None:
    """Refuse a location that is none of the clinic's."""
    location = select(Location.id).where(Location.clinic_id == clinic_id, Location.id == location_id)
    if session.scalar(location) is None:
        raise invalid_field("/location_id", "location", "Must be a location of the clinic.")
