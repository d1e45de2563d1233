"""When something was reported for a patient."""

from uuid import UUID

from sqlalchemy import select

from hep_api.adherence.models import AdherenceEvent
from hep_api.clinics.contacts import Contacts


def contacts_of_adherence(clinic_id: UUID) -> Contacts:
    """Return when events of patients were received."""
    return (select(AdherenceEvent.patient_id, AdherenceEvent.received_at).where(AdherenceEvent.clinic_id == clinic_id),)
