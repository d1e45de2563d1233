"""What messaging holds of a patient in files: of each what it is; the files themselves lie beside, under `files/`."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.attachments import Attachment


def export_attachments(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield what is said of the files of messages, also of withdrawn ones, and of those that wait for a message."""
    attachments = (
        select(*columns_of(Attachment, without=("patient_id", "uploaded_by", "sent_digest")))
        .where(Attachment.clinic_id == clinic_id, Attachment.patient_id == patient_id)
        .order_by(Attachment.conversation_id, Attachment.seq, Attachment.position, Attachment.id)
    )
    about = "Files of messages; each lies under files/attachments/<conversation_id>/<id>/."
    yield section(session, "attachments", about, with_names(attachments, Attachment.uploaded_by))
