"""What is removed of adherence when a patient is erased: the events, and all that was counted from them."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.adherence.models.days import CountedPlan, PrescriptionDay
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.models.suggestions import DoseSuggestion
from hep_api.adherence.models.weeks import PatientWeek
from hep_api.clinics.facts import PatientErased


def erase_adherence(session: Session, fact: PatientErased) -> None:
    """Remove the patient's events and counts; figures of groups are from then on without them, for past days too."""
    for model in (AdherenceEvent, PrescriptionDay, PatientWeek, CountedPlan, DoseSuggestion):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))
