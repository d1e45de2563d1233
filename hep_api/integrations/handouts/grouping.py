"""What stands together on a handout: all that holds on its first day, then what each later revision brings or changes.

Decides order and numbers; the table to tick follows them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, RevisionItem
from hep_api.plans.queries.held_phases import holds_on_or_after
from hep_api.plans.queries.histories import PrescriptionHistory
from hep_api.plans.timeline import VersionInForce


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision in force on some printed day, with its prescriptions in their order."""

    effective_on: date
    phase_name: str
    note: str
    prescription_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Placed:
    """A version of a prescription at its place; `again` when the prescription stands above already."""

    number: int
    version: VersionInForce
    again: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """What one revision puts on the handout; `from_on` None for what holds on the first printed day."""

    from_on: date | None
    phase_name: str
    note: str
    placed: Sequence[Placed]


def revisions_between(session: Session, plan: Plan, first: date, end: date) -> list[Revision]:
    """Return the revisions in force on a day of `[first, end)`, by date, in one statement."""
    ids = func.array_agg(aggregate_order_by(RevisionItem.prescription_id, RevisionItem.position))
    in_order = (
        select(ids)
        .where(RevisionItem.clinic_id == PlanRevision.clinic_id, RevisionItem.revision_id == PlanRevision.id)
        .correlate(PlanRevision)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PlanRevision.effective_on, PlanRevision.phase_name, PlanRevision.note, in_order)
        .where(PlanRevision.clinic_id == plan.clinic_id, PlanRevision.plan_id == plan.id)
        .where(PlanRevision.effective_on < end, holds_on_or_after(first))
        .order_by(PlanRevision.effective_on)
    )
    return [Revision(day, name, note, found or ()) for day, name, note, found in rows]


def place(
    revisions: Sequence[Revision], histories: Mapping[UUID, PrescriptionHistory], first: date
) -> Iterator[Placement]:
    """Yield what each revision puts on the handout, in order; one that has nothing to say is left out."""
    numbers: dict[UUID, int] = {}
    for revision in revisions:
        from_on = revision.effective_on if revision.effective_on > first else None
        placed = []
        for prescription_id in revision.prescription_ids:
            version = _version_on(histories[prescription_id], from_on or first)
            if from_on is None or version.valid_from == from_on:
                again = prescription_id in numbers
                placed.append(Placed(numbers.setdefault(prescription_id, len(numbers) + 1), version, again))
        if placed or revision.phase_name or revision.note:
            yield Placement(from_on, revision.phase_name, revision.note, placed)


def _version_on(history: PrescriptionHistory, day: date) -> VersionInForce:
    return next(each for each in history.versions if each.covers(day))
