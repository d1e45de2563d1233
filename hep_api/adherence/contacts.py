"""When something was last reported for a patient."""

from uuid import UUID

from sqlalchemy import select

from hep_api.adherence.models.events import AdherenceEvent
from hep_api.clinics.contacts import Contacts
from hep_api.clinics.models import Patient


def contacts_of_adherence(clinic_id: UUID) -> Contacts:
    """Return when the newest event of each patient was received, by the index that numbers them; null for none."""
    newest = (
        select(AdherenceEvent.received_at)
        .where(AdherenceEvent.clinic_id == Patient.clinic_id, AdherenceEvent.patient_id == Patient.id)
        .order_by(AdherenceEvent.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (select(Patient.id, newest).where(Patient.clinic_id == clinic_id),)
