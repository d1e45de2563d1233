"""What a clinic's staff have saved to send again, for the export of the clinic."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.saved_replies import SavedReply


def export_saved_replies(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield the clinic's saved replies, and those of its practitioners."""
    saved = select(*columns_of(SavedReply, without=("owner_id",))).where(SavedReply.clinic_id == clinic_id)
    saved = with_names(saved.order_by(SavedReply.title, SavedReply.id), SavedReply.owner_id)
    yield section(session, "saved_replies", "Texts that staff send again and again.", saved)
