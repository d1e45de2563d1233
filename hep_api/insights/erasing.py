"""What is removed of the attention list when a patient is erased: every entry with its history."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.insights.actions import reviewing
from hep_api.insights.models import AttentionChange, AttentionEntry


def erase_insights(session: Session, fact: PatientErased) -> None:
    """Remove the patient's entries; a review that is under way ends first, so that it adds none afterwards."""
    reviewing.hold(session, fact.clinic_id)
    for model in (AttentionChange, AttentionEntry):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))
