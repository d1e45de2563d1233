"""What is removed of calendars when a patient is erased: every feed, so that its address leads nowhere."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.integrations.calendars.models import CalendarFeed


def erase_calendars(session: Session, fact: PatientErased) -> None:
    """Remove the patient's feeds."""
    theirs = (CalendarFeed.clinic_id == fact.clinic_id) & (CalendarFeed.patient_id == fact.patient_id)
    session.execute(delete(CalendarFeed).where(theirs))
