"""What is removed of mails when a patient is erased: what would have stood in the next one."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.notifications.models.mails import MailNotice


def erase_mails(session: Session, fact: PatientErased) -> None:
    """Remove what waits to be told to the patient by mail."""
    theirs = MailNotice.clinic_id == fact.clinic_id, MailNotice.member_id == fact.patient_id
    session.execute(delete(MailNotice).where(*theirs))
