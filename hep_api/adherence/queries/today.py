"""A patient's day as the phone shows it: what is due, and beside it what is done of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.days import monday_of
from hep_api.adherence.doings import Doing, State, doings_of
from hep_api.adherence.entries import Event, EventKind, SkipReason, entries_in_force
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.queries.entries import events_of_days
from hep_api.clinics.models import Patient
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.plans.queries.due import DayAsked, DueItem, DuePlan, due_on
from hep_api.plans.queries.patients import known_at_once, known_with
from hep_api.plans.timeline import Item

DUE = [each.name for each in fields(DueItem)]
# Beside a row of `Patient`.
NEWEST_EVENT = (
    select(AdherenceEvent.id)
    .where(AdherenceEvent.clinic_id == Patient.clinic_id, AdherenceEvent.patient_id == Patient.id)
    .order_by(AdherenceEvent.seq.desc())
    .limit(1)
    .correlate(Patient)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """The event in force of an entry."""

    event_id: UUID
    entry_id: UUID
    revision: int
    prescription_id: UUID
    kind: EventKind
    slot: int | None
    skip_reason: SkipReason | None


@dataclass(frozen=True, slots=True)
class ShownDoing:
    """Entries that name one slot, or one that names none."""

    slot: int | None
    state: State
    volume_ratio: Fraction
    entries: Sequence[ShownEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayItem(DueItem):
    """What is due of one prescription, its doings on the day, and for a quota how many days of the week count."""

    completed: int
    completed_days_of_week: int | None
    doings: Sequence[ShownDoing]


@dataclass(frozen=True, slots=True)
class PatientDay:
    """All that is due on a day and all that was reported for it; `others` belong to nothing that is in force.

    `plans` are those of the items.
    """

    patient_id: UUID
    day: date
    today: date
    plans: Sequence[DuePlan]
    items: Sequence[TodayItem]
    others: Sequence[ShownEntry]


@dataclass(frozen=True, slots=True)
class AskedToday(DayAsked):
    """A day asked for, with the newest event of the patient: with it, all that the answer depends on is known."""

    newest_event: UUID | None

    @property
    def marks(self) -> tuple[object, ...]:
        return ("today", self.day, self.newest_event, *self.patient.marks(self.today, self.languages))


def day_for(
    session: Session, viewer: Viewer, patient_id: UUID, day: date | None, languages: Sequence[str], now: datetime
) -> AskedToday:
    """Return which day of whom is asked for, None for today, in one statement; 404 when not theirs to see."""
    patient, (newest_event,) = known_with(session, viewer, patient_id, NEWEST_EVENT)
    today = patient.today(now)
    return AskedToday(patient, today if day is None else day, today, languages, newest_event)


def today_at_once(viewer: Viewer, patient_id: UUID, languages: Sequence[str], now: datetime) -> AskedToday | None:
    """Return what `day_for` does of today for a remembered viewer, proven and recorded in one round trip; None when it
    does not come out.
    """
    known = known_at_once(viewer, patient_id, NEWEST_EVENT)
    if known is None:
        return None
    patient, (newest_event,) = known
    today = patient.today(now)
    return AskedToday(patient, today, today, languages, newest_event)


def get_day(session: Session, asked: AskedToday) -> PatientDay:
    """Return the patient's day, in two statements; in one while nothing was ever reported."""
    due = due_on(session, asked)
    monday = monday_of(asked.day)
    of_prescription: dict[UUID, list[Event]] = {}
    counted_by_week = {item.prescription_id for item in due.items if _is_quota(item)}
    for entry in _entries(session, asked, monday, counted_by_week):
        of_prescription.setdefault(entry.prescription_id, []).append(entry)
    items = [_done(item, asked.day, of_prescription.pop(item.prescription_id, [])) for item in due.items]
    others = [entry for entries in of_prescription.values() for entry in entries if entry.performed_on == asked.day]
    others.sort(key=lambda each: each.id)
    shown = [_shown(each) for each in others]
    return PatientDay(asked.patient.patient_id, asked.day, asked.today, due.plans, items, shown)


def _entries(session: Session, asked: AskedToday, monday: date, counted_by_week: Collection[UUID]) -> list[Event]:
    """Return the entries in force of the day, and of some prescriptions those of its week."""
    if asked.newest_event is None:
        return []
    patient, sunday = asked.patient, monday + timedelta(days=6)
    events = events_of_days(
        session, patient.clinic_id, patient.patient_id, monday, sunday, counted_by_week, whole_day=asked.day
    )
    return [entry for entry in entries_in_force(events) if monday <= entry.performed_on <= sunday]


def _done(due: DueItem, day: date, of_week: Sequence[Event]) -> TodayItem:
    quota = _is_quota(due)
    known = {name: getattr(due, name) for name in DUE}
    if not of_week:
        return TodayItem(**known, completed=0, completed_days_of_week=0 if quota else None, doings=())
    item = Item(Dose.from_json(due.dose), Schedule.from_json(due.schedule))
    doings = _doings(of_week, day, item)
    return TodayItem(
        **known,
        completed=sum(doing.is_completed for doing in doings),
        completed_days_of_week=_completed_days(of_week, item) if quota else None,
        doings=[
            ShownDoing(doing.slot, doing.state, doing.ratio, [_shown(entry) for entry in doing.entries])
            for doing in doings
        ],
    )


def _is_quota(due: DueItem) -> bool:
    return bool(due.schedule["kind"] == ScheduleKind.WEEKLY_QUOTA)


def _completed_days(of_week: Sequence[Event], item: Item) -> int:
    days = {entry.performed_on for entry in of_week}
    return sum(any(doing.is_completed for doing in _doings(of_week, day, item)) for day in days)


def _doings(of_week: Sequence[Event], day: date, item: Item) -> list[Doing]:
    return doings_of([entry for entry in of_week if entry.performed_on == day], lambda _: item)


def _shown(event: Event) -> ShownEntry:
    return ShownEntry(
        event.id, event.entry_id, event.revision, event.prescription_id, event.kind, event.slot, event.skip_reason
    )
