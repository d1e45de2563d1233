"""Day counts of a patient as figures are made of them: read from the rollup, or counted as known at an earlier instant.

Not scoped by a viewer: for reads that have let the viewer through to the patient already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from hep_api.adherence.counting import DayCount
from hep_api.adherence.days import monday_of
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.queries.entries import events_of_days
from hep_api.adherence.weeks import Histories, count_weeks, weeks_of
from hep_api.adherence.windows import Window
from hep_api.plans.models.revisions import Prescription
from hep_api.plans.queries.histories import histories_of_patient

ONE_WEEK_LESS_A_DAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One prescription's count of one day, with the names to show it by."""

    plan_id: UUID
    prescription_id: UUID
    exercise_name: str
    count: DayCount


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose counts: a patient's, of all plans, of one, or of one prescription; as known now or at an instant."""

    clinic_id: UUID
    patient_id: UUID
    plan_id: UUID | None = None
    known_at: datetime | None = None
    prescription_id: UUID | None = None


def counts_in(session: Session, scope: Scope, windows: Collection[Window]) -> list[CountedDay]:
    """Return the counts of all days in any of the windows, by day and prescription; days without any are left out."""
    windows = [window for window in windows if window.days]
    if not windows:
        return []
    if scope.known_at is None:
        return _stored(session, scope, windows)
    counted = counts_known(session, scope, min(each.first for each in windows), max(each.last for each in windows))
    return [each for each in counted if any(each.count.day in window for window in windows)]


def page_of_counts(
    session: Session,
    scope: Scope,
    window: Window,
    after: tuple[date, UUID] | None,
    most: int,
) -> list[CountedDay]:
    """Return the first counts of the window behind a day and prescription, by day and prescription."""
    if scope.known_at is None:
        condition = of_scope(scope) & PrescriptionDay.day.between(window.first, window.last)
        if after is not None:
            condition &= tuple_(PrescriptionDay.day, PrescriptionDay.prescription_id) > tuple_(*after)
        return _rows(session, condition, most)
    behind = [
        each
        for each in counts_in(session, scope, [window])
        if after is None or (each.count.day, each.prescription_id) > after
    ]
    return behind[:most]


def of_scope(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on `PrescriptionDay` for the rows of a patient, plan or prescription."""
    condition = (PrescriptionDay.clinic_id == scope.clinic_id) & (PrescriptionDay.patient_id == scope.patient_id)
    if scope.prescription_id is not None:
        condition &= PrescriptionDay.prescription_id == scope.prescription_id
    return condition if scope.plan_id is None else condition & (PrescriptionDay.plan_id == scope.plan_id)


def _stored(session: Session, scope: Scope, windows: Collection[Window]) -> list[CountedDay]:
    days = or_(*(PrescriptionDay.day.between(each.first, each.last) for each in windows))
    return _rows(session, of_scope(scope) & days)


def _rows(session: Session, condition: ColumnElement[bool], most: int | None = None) -> list[CountedDay]:
    rows = session.execute(
        select(PrescriptionDay.__table__, Prescription.exercise["name"].astext.label("exercise_name"))
        .join(
            Prescription,
            (Prescription.clinic_id == PrescriptionDay.clinic_id)
            & (Prescription.id == PrescriptionDay.prescription_id),
        )
        .where(condition)
        .order_by(PrescriptionDay.day, PrescriptionDay.prescription_id)
        .limit(most)
    )
    return [CountedDay(row.plan_id, row.prescription_id, row.exercise_name, count_of(row)) for row in rows]


def counts_known(session: Session, scope: Scope, first: date, last: date) -> list[CountedDay]:
    """Count as it would have been counted then: without plan changes and events that came later."""
    return _count_known(session, scope, _histories_known(session, scope), first, last)


def course_known(session: Session, scope: Scope, first: date, last: date) -> list[CountedDay]:
    """The same, and from the day on which the first version of any prescription came into force if that is earlier."""
    histories = _histories_known(session, scope)
    began = [version.valid_from for history in histories.values() for version in history.versions]
    return _count_known(session, scope, histories, min([first, *began]), last)


def _histories_known(session: Session, scope: Scope) -> Histories:
    return histories_of_patient(
        session,
        scope.clinic_id,
        scope.patient_id,
        plan_id=scope.plan_id,
        prescription_ids=_wanted(scope),
        known_at=scope.known_at,
    )


def _count_known(session: Session, scope: Scope, histories: Histories, first: date, last: date) -> list[CountedDay]:
    first, last = monday_of(first), monday_of(last) + ONE_WEEK_LESS_A_DAY
    events = events_of_days(
        session, scope.clinic_id, scope.patient_id, first, last, _wanted(scope), known_at=scope.known_at
    )
    counted = [
        CountedDay(history.plan_id, history.prescription_id, history.exercise_name, count)
        for history, count in count_weeks(histories, weeks_of(histories, first, last), events)
    ]
    return sorted(counted, key=lambda each: (each.count.day, each.prescription_id))


def _wanted(scope: Scope) -> list[UUID] | None:
    return None if scope.prescription_id is None else [scope.prescription_id]


def count_of(row: Any) -> DayCount:
    """Return the count that a row of the rollup stands for."""
    return DayCount(
        day=row.day,
        version=row.version,
        expected=row.expected,
        completed=row.completed,
        credited=Fraction(int(row.credited_numerator), int(row.credited_denominator)),
        partial=row.partial,
        skip_reasons=tuple(None if reason is None else SkipReason(reason) for reason in row.skip_reasons),
        volume=Fraction(int(row.volume_numerator), int(row.volume_denominator)),
        due=row.due,
        as_needed_doings=row.as_needed_doings,
        over_maximum=row.over_maximum,
        entries=row.entries,
        pains=tuple(row.pains),
        efforts=tuple(row.efforts),
    )
