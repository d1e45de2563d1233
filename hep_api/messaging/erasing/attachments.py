"""What goes of attachments when a patient is erased. Their kept files lie in the patient's folder, and go with it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.messaging.attachments.files import delete_after_commit, folder_of_arriving
from hep_api.messaging.models.attachments import Attachment


def erase_attachments(session: Session, fact: PatientErased, conversations: Sequence[UUID]) -> None:
    """Remove the attachments of these conversations, whose rows the caller holds, and what was still arriving."""
    of_patient = (Attachment.clinic_id == fact.clinic_id) & Attachment.conversation_id.in_(conversations)
    session.execute(delete(Attachment).where(of_patient))
    delete_after_commit(session, folder_of_arriving(fact.clinic_id, fact.patient_id))
