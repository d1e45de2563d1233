"""What is removed of red flags when a patient is erased: all of them, open ones too; nobody is called upon any more."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.messaging.models.flags import RedFlag, RedFlagCause, RedFlagStep


def erase_flags(session: Session, fact: PatientErased) -> None:
    """Remove the patient's red flags; the caller holds the conversations, under whose lock they are raised."""
    for model in (RedFlagStep, RedFlagCause, RedFlag):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))
