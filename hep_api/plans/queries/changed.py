"""What changed of a patient's plans after a number, in the order of the numbers.

Not scoped by a viewer: for reads that have let the viewer through to the patient already.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hep_api.plans.models.changes import NumberedChange, Shown
from hep_api.plans.models.plans import Plan


@dataclass(frozen=True, slots=True)
class Changed:
    """The newest change of one thing, which may be gone by now."""

    number: int
    kind: Shown
    id: UUID
    plan_id: UUID


def changes_after(session: Session, clinic_id: UUID, patient_id: UUID, number: int, limit: int) -> list[Changed]:
    """Return up to so many changes after a number. Who goes on from the last of them misses none: what is changed
    meanwhile comes again, under a higher number.
    """
    row = NumberedChange
    query = (
        select(row.number, row.kind, row.subject_id, row.plan_id)
        .where(row.clinic_id == clinic_id, row.patient_id == patient_id, row.number > number)
        .order_by(row.number)
        .limit(limit)
    )
    return [Changed(*found) for found in session.execute(query)]


def plans_that_left(
    session: Session, clinic_id: UUID, patient_id: UUID, after: tuple[date, UUID], ended_by: date, limit: int
) -> list[tuple[date, UUID]]:
    """Return up to so many plans that ended by a date, by their end and id, after one of them: those that time alone
    has made unreadable.
    """
    query = (
        select(Plan.ends_on, Plan.id)
        .where(Plan.clinic_id == clinic_id, Plan.patient_id == patient_id, Plan.ends_on <= ended_by)
        .where(tuple_(Plan.ends_on, Plan.id) > tuple_(*after))
        .order_by(Plan.ends_on, Plan.id)
        .limit(limit)
    )
    return [(ends_on, plan_id) for ends_on, plan_id in session.execute(query) if ends_on is not None]
