"""Reads of reminders: how a patient's are settled and how they stand, what became of them, and when to look next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.queries.clinics import get_clinic_for
from hep_api.foundation.clock import local_date
from hep_api.foundation.web import pages
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.reminders import Reminder, ReminderDefault, ReminderOutlook, ReminderSetting
from hep_api.notifications.queries.reminder_looks import Person, days_of, histories_of, people_of
from hep_api.notifications.queries.standings import standings
from hep_api.notifications.reminding.due import DayStanding, is_worth_a_nudge, is_worth_a_reminder
from hep_api.notifications.reminding.ignoring import Step, ignoring
from hep_api.notifications.reminding.times import ReminderTime, moments_of, next_moment
from hep_api.notifications.reminding.wishes import ClinicsWishes

Json = dict[str, Any]
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Reminders:
    """How a patient's reminders are settled, by whom, and how they stand. `version` is 0 while nothing is their own."""

    id: UUID
    settled_by: str
    is_on: bool
    times: list[Json]
    nudge_at: time | None
    own: Json | None
    clinic: ClinicsWishes
    zone: str
    zone_from: str
    next_at: datetime | None
    step: Step
    ignored_on: tuple[date, ...]
    version: int


def get_reminders_for(session: Session, viewer: Viewer, patient_id: UUID, now: datetime) -> Reminders:
    """Return a patient's reminders, in seven statements; 404 when not theirs to see."""
    patient = access.patient_for(session, viewer, patient_id)
    person = people_of(session, viewer.clinic_id, [patient.id], now)[patient.id]
    today = local_date(now, person.zone, person.day_starts_at)
    history = histories_of(session, viewer.clinic_id, {patient.id: today})[patient.id]
    ignored = ignoring(history.told_on, history.heeded_on(person), today)
    setting = session.get(ReminderSetting, (viewer.clinic_id, patient.id))
    wishes = person.settled.wishes
    times = sorted(wishes.times)
    quiet = standings(session, viewer.clinic_id, [patient.id])[patient.id].settled.quiet[0] if person.is_there else None
    return Reminders(
        id=patient.id,
        settled_by=person.settled.settled_by.value,
        is_on=person.settled.is_on,
        times=[each.to_json() | {"in_quiet_hours": quiet is not None and quiet.holds_at(each.at)} for each in times],
        nudge_at=wishes.nudge_at,
        own=None if setting is None else _own(setting),
        clinic=clinics_wishes(session, viewer.clinic_id),
        zone=person.zone,
        zone_from="device" if person.is_devices_zone else "record",
        next_at=next_moment(wishes, person.zone, now, person.runs) if person.is_there else None,
        step=ignored.step,
        ignored_on=ignored.on,
        version=0 if setting is None else setting.version,
    )


def get_default_for(session: Session, viewer: Viewer) -> Json:
    """Return what the viewer's clinic has settled, with the version of all its settings."""
    clinic = get_clinic_for(session, viewer)
    wishes = clinics_wishes(session, viewer.clinic_id)
    shown = {name: getattr(wishes, name) for name in ("is_on", "times", "nudge", "nudge_at")}
    return {"id": clinic.id, "version": clinic.version, **shown}


def clinics_wishes(session: Session, clinic_id: UUID) -> ClinicsWishes:
    """Return what a clinic has settled, or what holds while it has settled nothing."""
    kept = session.get(ReminderDefault, clinic_id)
    return ClinicsWishes() if kept is None else ClinicsWishes(kept.is_on, kept.times, kept.nudge, kept.nudge_at, True)


def list_reminders_for(session: Session, viewer: Viewer, patient_id: UUID, query: Json) -> pages.Page[Reminder]:
    """Return a page of what a patient was reminded of, the newest first; 404 when not theirs to see."""
    patient = access.patient_for(session, viewer, patient_id)
    wanted = select(Reminder).where(Reminder.clinic_id == viewer.clinic_id, Reminder.patient_id == patient.id)
    before = pages.decode(query["cursor"], date, time, UUID)
    order = (Reminder.due_on, Reminder.at, Reminder.id)
    if before is not None:
        wanted = wanted.where(tuple_(*order) < tuple_(*before))
    rows = session.scalars(wanted.order_by(*(each.desc() for each in order)).limit(query["limit"] + 1)).all()
    return pages.cut(rows, query["limit"], lambda row: [row.due_on, row.at, row.id])


def still_due(session: Session, clinic_id: UUID, pairs: Collection[Pair], now: datetime) -> dict[Pair, None]:
    """Return of (patient, reminder) those whose day is not over and that still have something to remind of."""
    query = select(Reminder).where(Reminder.clinic_id == clinic_id, Reminder.id.in_({each for _, each in pairs}))
    reminders = {(row.patient_id, row.id): row for row in session.scalars(query)}
    asked = {pair: reminders[pair] for pair in pairs if pair in reminders}
    people = people_of(session, clinic_id, {patient_id for patient_id, _ in asked}, now)
    today = {each.patient_id: local_date(now, each.zone, each.day_starts_at) for each in people.values()}
    days = days_of(session, clinic_id, today)
    return {
        (patient_id, reminder_id): None
        for (patient_id, reminder_id), row in asked.items()
        if people[patient_id].is_there
        and people[patient_id].settled.is_on
        and row.due_on == today[patient_id]
        and _is_worth(row, people[patient_id], days[patient_id])
    }


def _is_worth(reminder: Reminder, person: Person, day: DayStanding) -> bool:
    if reminder.kind is NoticeKind.SECOND_NUDGE:
        return is_worth_a_nudge(day)
    moments = moments_of(person.settled.wishes, reminder.due_on, reminder.zone)
    # Of a time that is set no more nobody knows how much was due by it: it is all of the day's.
    place, of = next(
        ((each.place, each.of) for each in moments if (each.kind, each.at) == (reminder.kind, reminder.at)), (1, 1)
    )
    return is_worth_a_reminder(day, place, of)


def next_look(session: Session, clinic_id: UUID) -> datetime | None:
    """Return when any of a clinic's patients is to be looked at next."""
    return session.scalar(select(func.min(ReminderOutlook.look_at)).where(ReminderOutlook.clinic_id == clinic_id))


def count_due(session: Session, clinic_id: UUID, now: datetime, most: int) -> int:
    """Return how many of a clinic's patients are to be looked at now, counting no further than `most`."""
    due = select(ReminderOutlook.patient_id).where(
        ReminderOutlook.clinic_id == clinic_id, ReminderOutlook.look_at <= now
    )
    return session.scalar(select(func.count()).select_from(due.limit(most).subquery())) or 0


def _own(setting: ReminderSetting) -> Json:
    times = None if setting.times is None else sorted(ReminderTime.from_json(each) for each in setting.times)
    return {
        "is_on": setting.is_on,
        "times": None if times is None else [each.to_json() for each in times],
        "nudge": setting.nudge,
        "nudge_at": setting.nudge_at,
    }
