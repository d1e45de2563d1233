"""What is removed of check-ins when a patient is erased: what they were asked and answered, and rules of their own."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.messaging.models.check_ins import CheckIn, CheckInAnswer, CheckInOutlook, CheckInRule, CheckInValue


def erase_check_ins(session: Session, fact: PatientErased) -> None:
    """Remove the patient's check-ins; before the messages go that carried them."""
    for model in (CheckInValue, CheckInAnswer, CheckIn, CheckInOutlook):
        of_patient = (model.clinic_id == fact.clinic_id) & (model.patient_id == fact.patient_id)
        session.execute(delete(model).where(of_patient))
    theirs = (CheckInRule.clinic_id == fact.clinic_id) & (CheckInRule.patient_id == fact.patient_id)
    session.execute(delete(CheckInRule).where(theirs))
