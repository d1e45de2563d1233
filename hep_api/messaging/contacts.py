"""When something was written to or by a patient."""

from uuid import UUID

from sqlalchemy import select

from hep_api.clinics.contacts import Contacts
from hep_api.messaging.models import Conversation, Message


def contacts_of_messaging(clinic_id: UUID) -> Contacts:
    """Return when messages were sent in the conversations of patients."""
    return (
        select(Conversation.patient_id, Message.sent_at)
        .join(Message, (Message.clinic_id == Conversation.clinic_id) & (Message.conversation_id == Conversation.id))
        .where(Conversation.clinic_id == clinic_id),
    )
