"""What is removed of notifications when a patient is erased: one function for each noun."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.notifications.actions import holding
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.notices import NoticeDay, NoticeHeld, NoticeTold
from hep_api.notifications.models.preferences import NotificationPreference
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook, ReminderSetting


def erase_notifications(session: Session, fact: PatientErased) -> None:
    """Remove all that notifications hold of the patient; devices last, as pushes refer to them."""
    _erase_reminders(session, fact)
    _erase_notices(session, fact)
    _erase_devices(session, fact)


def _erase_reminders(session: Session, fact: PatientErased) -> None:
    for model in (Reminder, ReminderOutlook, ReminderSetting):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.patient_id == fact.patient_id))


def _erase_notices(session: Session, fact: PatientErased) -> None:
    for model in (NoticeHeld, NoticeTold, NoticeDay, NotificationPreference):
        session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.member_id == fact.patient_id))


def _erase_devices(session: Session, fact: PatientErased) -> None:
    theirs = (Device.clinic_id == fact.clinic_id) & (Device.member_id == fact.patient_id)
    digests = session.scalars(select(Device.digest).where(theirs, Device.digest.is_not(None))).all()
    held = [digest for digest in digests if digest is not None]
    holding.lock_holders(session, held)
    session.execute(delete(Device).where(theirs))
    holding.release(session, held)
