"""What is removed of the attention list when a patient is erased: entries with their history, and what they rest on."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.clinics.models import Patient
from hep_api.insights.models import AttentionChange, AttentionEntry, UnheededReminders


def erase_insights(session: Session, fact: PatientErased) -> None:
    """Remove the patient's entries. Whoever reviews or settles them holds the patient first: what is under way ends
    before, and what comes later finds nobody.
    """
    patient = select(Patient.id).where(Patient.clinic_id == fact.clinic_id, Patient.id == fact.patient_id)
    session.execute(patient.with_for_update())
    for model in (AttentionChange, AttentionEntry, UnheededReminders):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))
