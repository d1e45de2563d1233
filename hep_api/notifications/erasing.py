"""What is removed of notifications when a patient is erased: one function for each noun.

Staff were told of the patient's conversations and alerts by their ids: what keeps such an id goes as well.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.foundation.jobs.forgetting import forget_jobs_about
from hep_api.messaging.models.check_ins import CheckIn
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.flags import RedFlag
from hep_api.notifications.actions import asking, holding
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.mails import MailNotice
from hep_api.notifications.models.notices import NoticeDay, NoticeHeld, NoticeTold
from hep_api.notifications.models.preferences import NotificationPreference
from hep_api.notifications.models.pushes import Push
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook, ReminderSetting
from hep_api.plans.models.plans import Plan

# What is told of, how its jobs name it, and which they are.
SUBJECTS: tuple[tuple[type[Plan | Conversation | CheckIn | RedFlag], str, tuple[str, ...]], ...] = (
    (Plan, "plan_id", (asking.TELL_PLAN,)),
    (Conversation, "conversation_id", (asking.TELL_MESSAGE, asking.TELL_WAITING)),
    (CheckIn, "check_in_id", (asking.TELL_CHECK_IN,)),
    (RedFlag, "flag_id", (asking.TELL_FLAG,)),
)


def erase_notifications(session: Session, fact: PatientErased) -> None:
    """Remove all that notifications hold of the patient; devices last, as pushes refer to them."""
    _erase_subjects(session, fact)
    _erase_reminders(session, fact)
    _erase_notices(session, fact)
    _erase_devices(session, fact)


def _erase_subjects(session: Session, fact: PatientErased) -> None:
    """Remove what anybody was told of the patient's plans, conversations, check-ins and alerts, and jobs to tell it."""
    for subject, field, kinds in SUBJECTS:
        theirs = (subject.clinic_id == fact.clinic_id) & (subject.patient_id == fact.patient_id)
        ids = session.scalars(select(subject.id).where(theirs)).all()
        for model in (NoticeHeld, NoticeTold, MailNotice, Push):
            session.execute(delete(model).where(model.clinic_id == fact.clinic_id, model.subject_id.in_(ids)))
        forget_jobs_about(session, kinds, field, ids)


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
