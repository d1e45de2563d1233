"""A patient's day as the phone shows it: what is due, and beside it what is done of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.days import monday_of
from hep_api.adherence.doings import Doing, doings_of
from hep_api.adherence.entries import Event, entries_in_force
from hep_api.adherence.queries.entries import events_of_days
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.plans.queries.due import DueItem, due_on
from hep_api.plans.timeline import Item


@dataclass(frozen=True, slots=True)
class DueAndDone:
    """What is due of one prescription, its doings on the day, and for a quota how many days of the week count."""

    due: DueItem
    completed: int
    completed_days_of_week: int | None
    doings: Sequence[Doing]


@dataclass(frozen=True, slots=True)
class PatientDay:
    """All that is due on a day and all that was reported for it; `others` belong to nothing that is in force."""

    patient_id: UUID
    day: date
    today: date
    items: Sequence[DueAndDone]
    others: Sequence[Event]


def get_day_for(session: Session, viewer: Viewer, patient_id: UUID, day: date | None, now: datetime) -> PatientDay:
    """Return the patient's day, None for today, in three statements; 404 when the viewer may not see the patient."""
    due = due_on(session, viewer, patient_id, day, now)
    monday = monday_of(due.day)
    events = events_of_days(session, viewer.clinic_id, patient_id, monday, monday + timedelta(days=6))
    of_prescription: dict[UUID, list[Event]] = {}
    for entry in entries_in_force(events):
        if monday_of(entry.performed_on) == monday:
            of_prescription.setdefault(entry.prescription_id, []).append(entry)
    items = [_done(item, due.day, of_prescription.pop(item.prescription_id, [])) for item in due.items]
    others = [entry for entries in of_prescription.values() for entry in entries if entry.performed_on == due.day]
    return PatientDay(due.patient_id, due.day, due.today, items, sorted(others, key=lambda each: each.id))


def _done(due: DueItem, day: date, of_week: Sequence[Event]) -> DueAndDone:
    item = Item(Dose.from_json(due.dose), Schedule.from_json(due.schedule))
    doings = _doings(of_week, day, item)
    quota = item.schedule.kind is ScheduleKind.WEEKLY_QUOTA
    return DueAndDone(
        due=due,
        completed=sum(doing.is_completed for doing in doings),
        completed_days_of_week=_completed_days(of_week, item) if quota else None,
        doings=doings,
    )


def _completed_days(of_week: Sequence[Event], item: Item) -> int:
    days = {entry.performed_on for entry in of_week}
    return sum(any(doing.is_completed for doing in _doings(of_week, day, item)) for day in days)


def _doings(of_week: Sequence[Event], day: date, item: Item) -> list[Doing]:
    return doings_of([entry for entry in of_week if entry.performed_on == day], lambda _: item)


def flat(item: DueAndDone) -> dict[str, Any]:
    """Return the fields of what is due and of what is done side by side, as the answer shows them."""
    due = {each.name: getattr(item.due, each.name) for each in fields(DueItem)}
    return {
        **due,
        "completed": item.completed,
        "completed_days_of_week": item.completed_days_of_week,
        "doings": item.doings,
    }
