"""Every count of a patient from the raw rows: to see whether the stored ones are right, and to write them anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.adherence.actions import locking, patient_weeks, recount, rollups
from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import Event
from hep_api.adherence.models.days import CountedPlan, PrescriptionDay
from hep_api.adherence.models.weeks import PatientWeek
from hep_api.adherence.queries.entries import events_of_days
from hep_api.adherence.weeks import Histories, Week, count_weeks, weeks_of
from hep_api.foundation import clock
from hep_api.plans.queries.histories import histories_of_patient

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

Key = tuple[UUID, date]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the stored row is not what the raw rows say; None: there is none, or should be none."""

    patient_id: UUID
    prescription_id: UUID
    day: date
    stored: Row | None
    counted: Row | None


def differences_of(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> list[Difference]:
    """Return where the stored counts of a patient differ from the raw rows, by prescription and day."""
    today = clock.local_date(now, *locking.lock_patient(session, clinic_id, patient_id))
    histories = histories_of_patient(session, clinic_id, patient_id)
    stored = _stored(session, clinic_id, patient_id)
    events = events_of_days(session, clinic_id, patient_id, FIRST_DAY, LAST_DAY)
    until = _counted_until(session, clinic_id, patient_id, histories, today)
    weeks = _weeks(histories, stored, events, until)
    counted: dict[Key, Row] = {
        (history.prescription_id, count.day): rollups.row_of(history, count)
        for history, count in count_weeks(histories, weeks, events)
    }
    return [
        Difference(patient_id, *key, stored.get(key), counted.get(key))
        for key in sorted(stored.keys() | counted.keys())
        if stored.get(key) != counted.get(key)
    ]


def rebuild_patient(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Count every week of a patient anew, and sum it up."""
    today = clock.local_date(now, *locking.lock_patient(session, clinic_id, patient_id))
    histories = histories_of_patient(session, clinic_id, patient_id)
    stored = _stored(session, clinic_id, patient_id)
    events = events_of_days(session, clinic_id, patient_id, FIRST_DAY, LAST_DAY)
    until = {
        plan_id: recount.count_ahead(session, clinic_id, patient_id, plan_id, today)
        for plan_id in {history.plan_id for history in histories.values() if history.versions}
    }
    weeks = _weeks(histories, stored, events, until)
    if weeks:
        rollups.recount(session, clinic_id, patient_id, histories, weeks)
    # Those too that have lost every day from which they were summed up.
    kept = select(PatientWeek.monday).where(PatientWeek.clinic_id == clinic_id, PatientWeek.patient_id == patient_id)
    patient_weeks.sum_up(session, clinic_id, patient_id, session.scalars(kept).all())


def _weeks(
    histories: Histories, stored: Iterable[Key], events: Iterable[Event], until: Mapping[UUID, date]
) -> list[Week]:
    """Return every week that can hold a count: of what a plan asks for, of what was reported, of what is stored."""
    weeks = {Week(event.prescription_id, monday_of(event.performed_on)) for event in events}
    weeks |= {Week(prescription_id, monday_of(day)) for prescription_id, day in stored}
    for history in histories.values():
        if history.versions:
            first = min(version.valid_from for version in history.versions)
            weeks.update(weeks_of([history.prescription_id], first, until[history.plan_id]))
    return sorted(weeks)


def _counted_until(
    session: Session, clinic_id: UUID, patient_id: UUID, histories: Histories, today: date
) -> dict[UUID, date]:
    """Return up to which day each plan must be counted: as far ahead as it says, and today at least."""
    rows = session.execute(
        select(CountedPlan.plan_id, CountedPlan.counted_until).where(
            CountedPlan.clinic_id == clinic_id, CountedPlan.patient_id == patient_id
        )
    )
    said = {row.plan_id: row.counted_until for row in rows}
    return {each.plan_id: max(said.get(each.plan_id, today), today) for each in histories.values()}


def _stored(session: Session, clinic_id: UUID, patient_id: UUID) -> dict[Key, Row]:
    """Return the stored rows in the form in which counts are written."""
    columns = [column for column in PrescriptionDay.__table__.columns if column.name not in ("clinic_id", "patient_id")]
    rows = session.execute(
        select(*columns).where(PrescriptionDay.clinic_id == clinic_id, PrescriptionDay.patient_id == patient_id)
    )
    return {
        (row.prescription_id, row.day): {name: _plain(value) for name, value in row._asdict().items()} for row in rows
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, Decimal) else value
