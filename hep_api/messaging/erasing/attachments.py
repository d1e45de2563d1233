"""What goes of attachments when a patient is erased. Their kept files lie in the patient's folder, and go with it."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.foundation.database import after_commit
from hep_api.foundation.files.store import files
from hep_api.messaging.attachments.files import folder_of_arriving
from hep_api.messaging.models.attachments import Attachment


def erase_attachments(session: Session, fact: PatientErased, conversations: Sequence[UUID]) -> None:
    """Remove the attachments of these conversations, whose rows the caller holds, and what was still arriving."""
    of_patient = (Attachment.clinic_id == fact.clinic_id) & Attachment.conversation_id.in_(conversations)
    session.execute(delete(Attachment).where(of_patient))
    after_commit(session, partial(_delete_files, folder_of_arriving(fact.clinic_id, fact.patient_id)))


def _delete_files(folder: str) -> None:
    files().delete_under(folder)
