"""In which language a patient is written to: their own, else the clinic's."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient


def language_of_patient(session: Session, clinic_id: UUID, patient_id: UUID) -> str:
    """Return the tag of the language that a patient reads; one statement."""
    language = (
        select(func.coalesce(Patient.language, Clinic.language))
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
    )
    return str(session.scalars(language).one())
