"""What notifications hold of a patient, for the export: one function for each noun."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.sections import Section, columns_of, section
from hep_api.notifications.models.devices import Device
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
