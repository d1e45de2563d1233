"""What a clinic has settled about messages, for the export of the clinic."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.policies import LocationHours, MessagingPolicy


def export_policies(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield the clinic's settings of messages, and the hours of its locations."""
    settled = select(*columns_of(MessagingPolicy)).where(MessagingPolicy.clinic_id == clinic_id)
    yield section(session, "messaging_policy", "Opening hours, texts and red flags.", settled)
    own = select(*columns_of(LocationHours)).where(LocationHours.clinic_id == clinic_id)
    yield section(session, "location_hours", "Hours of locations.", own.order_by(LocationHours.location_id))
