"""When something was last written to or by a patient."""

from uuid import UUID

from sqlalchemy import select

from hep_api.clinics.contacts import Contacts
from hep_api.messaging.models.conversations import Conversation


def contacts_of_messaging(clinic_id: UUID) -> Contacts:
    """Return when the conversations of patients were last active."""
    return (select(Conversation.patient_id, Conversation.active_at).where(Conversation.clinic_id == clinic_id),)
