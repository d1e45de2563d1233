"""When something was last written to or by a patient; what staff say among themselves is no contact."""

from uuid import UUID

from sqlalchemy import select

from hep_api.clinics.contacts import Contacts
from hep_api.messaging.models.check_ins import CheckInAnswer
from hep_api.messaging.models.conversations import Conversation, ConversationKind


def contacts_of_messaging(clinic_id: UUID) -> Contacts:
    """Return when the conversations of patients were last active, and when they answered check-ins."""
    with_patient = (Conversation.clinic_id == clinic_id) & (Conversation.kind == ConversationKind.CARE_TEAM)
    answered = select(CheckInAnswer.patient_id, CheckInAnswer.received_at).where(CheckInAnswer.clinic_id == clinic_id)
    return (select(Conversation.patient_id, Conversation.active_at).where(with_patient), answered)
