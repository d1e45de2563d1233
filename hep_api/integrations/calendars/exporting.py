"""What calendars hold of a patient: which feeds they have; their secrets are nobody's to read."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.integrations.calendars.models import CalendarFeed


def export_calendars(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's feeds."""
    feeds = select(*columns_of(CalendarFeed, without=("patient_id", "secret_digest"))).where(
        CalendarFeed.clinic_id == clinic_id, CalendarFeed.patient_id == patient_id
    )
    yield section(session, "calendar_feeds", "Links for calendar programs.", feeds.order_by(CalendarFeed.id))
