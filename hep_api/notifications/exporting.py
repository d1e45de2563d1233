"""What notifications hold of a patient, for the export: one function for each noun."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.notifications.models.devices import Device
from hep_api.notifications.models.notices import NoticeDay, NoticeHeld, NoticeTold
from hep_api.notifications.models.preferences import NotificationPolicy, NotificationPreference
from hep_api.notifications.models.pushes import Push
from hep_api.notifications.models.reminders import Reminder, ReminderOutlook, ReminderSetting

# What a device is addressed by serves whoever pushes to it, and nobody who reads a copy of their data.
TECHNICAL = ("member_id", "account_id", "digest")
SECRETS = ("value", "p256dh", "auth")


def export_notifications(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield all that notifications hold of the patient."""
    yield _devices(session, clinic_id, patient_id)
    yield _pushes(session, clinic_id, patient_id)
    yield from _reminders(session, clinic_id, patient_id)
    yield from _notices(session, clinic_id, patient_id)


def export_wishes(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield how a clinic's people are told who have settled nothing themselves, and what its members have settled."""
    settled = select(*columns_of(NotificationPolicy)).where(NotificationPolicy.clinic_id == clinic_id)
    yield section(session, "notification_policy", "How people are told who have settled nothing themselves.", settled)
    own = select(*columns_of(NotificationPreference)).where(NotificationPreference.clinic_id == clinic_id)
    own = own.order_by(NotificationPreference.member_id)
    yield section(session, "notification_preferences", "How members want to be told.", own)


def _devices(session: Session, clinic_id: UUID, patient_id: UUID) -> Section:
    devices = select(*columns_of(Device, without=(*TECHNICAL, *SECRETS))).where(
        Device.clinic_id == clinic_id, Device.member_id == patient_id
    )
    devices = devices.order_by(Device.registered_at, Device.id)
    return section(session, "devices", "Phones and browsers that you were told something on.", devices)


def _pushes(session: Session, clinic_id: UUID, patient_id: UUID) -> Section:
    pushes = select(*columns_of(Push, without=("member_id",))).where(
        Push.clinic_id == clinic_id, Push.member_id == patient_id
    )
    words = "What you were told on your phones lately, by its kind, and what came of it."
    return section(session, "pushes", words, pushes.order_by(Push.created_at, Push.id))


def _reminders(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    for model, name, words in (
        (ReminderSetting, "reminder_settings", "When you want to be reminded, and which times you did not want."),
        (ReminderOutlook, "reminder_outlook", "By which clock you are reminded, and when it is looked at next."),
        (Reminder, "reminders", "What you were reminded of, and whether it could reach you."),
    ):
        theirs = (model.clinic_id == clinic_id) & (model.patient_id == patient_id)
        yield section(session, name, words, select(*columns_of(model, without=("patient_id",))).where(theirs))


def _notices(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    for model, name, words in (
        (NotificationPreference, "notification_preferences", "How you want to be told of what, and when not."),
        (NoticeTold, "notices_told", "What you were told of last, by push or mail, without words."),
        (NoticeHeld, "notices_held", "What waits for the end of your quiet hours."),
        (NoticeDay, "notice_days", "How often you were told on which day."),
    ):
        theirs = (model.clinic_id == clinic_id) & (model.member_id == patient_id)
        yield section(session, name, words, select(*columns_of(model, without=("member_id",))).where(theirs))
