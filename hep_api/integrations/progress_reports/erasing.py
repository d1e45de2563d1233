"""What is removed of reports when a patient is erased: every one, frozen or not."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.integrations.progress_reports.models import ProgressReport


def erase_reports(session: Session, fact: PatientErased) -> None:
    """Remove the patient's reports."""
    theirs = (ProgressReport.clinic_id == fact.clinic_id) & (ProgressReport.patient_id == fact.patient_id)
    session.execute(delete(ProgressReport).where(theirs))
