"""Every count of a patient written anew from the raw rows, by the same counting as at every upload."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.adherence.actions import locking, patient_weeks, recount, rollups
from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import Event
from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.models.weeks import PatientWeek
from hep_api.adherence.queries.entries import events_of_days
from hep_api.adherence.weeks import Histories, Week, weeks_of
from hep_api.foundation import clock
from hep_api.plans.queries.histories import histories_of_patient

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

Key = tuple[UUID, date]


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
    _delete_strangers(session, clinic_id, patient_id, histories)
    weeks = _weeks(histories, [key for key in stored if key[0] in histories], events, until)
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


def _delete_strangers(session: Session, clinic_id: UUID, patient_id: UUID, histories: Histories) -> None:
    """Delete the counts of prescriptions that the patient does not have."""
    session.execute(
        delete(PrescriptionDay).where(
            PrescriptionDay.clinic_id == clinic_id,
            PrescriptionDay.patient_id == patient_id,
            PrescriptionDay.prescription_id.not_in(histories),
        )
    )


def _stored(session: Session, clinic_id: UUID, patient_id: UUID) -> Sequence[Key]:
    """Return the prescriptions and days of the stored rows."""
    rows = session.execute(
        select(PrescriptionDay.prescription_id, PrescriptionDay.day).where(
            PrescriptionDay.clinic_id == clinic_id, PrescriptionDay.patient_id == patient_id
        )
    )
    return [(row.prescription_id, row.day) for row in rows]
