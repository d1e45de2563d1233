"""What the revisions of plans say, as the rules take it: the source of every timeline."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.plans.models.revisions import PlanRevision, RevisionItem
from hep_api.plans.timeline import Item, RevisionContent


def contents_of_plans(
    session: Session,
    clinic_id: UUID,
    plan_ids: Collection[UUID],
    *,
    prescription_ids: Collection[UUID] | None = None,
    known_at: datetime | None = None,
) -> dict[UUID, list[RevisionContent]]:
    """Return all revisions by plan, their items in order, in one statement; a plan without revisions has none.

    With `prescription_ids` only their items, but still every revision: one without any of them is what ends them.
    """
    said = [RevisionItem.clinic_id == PlanRevision.clinic_id, RevisionItem.revision_id == PlanRevision.id]
    if prescription_ids is not None:
        said.append(RevisionItem.prescription_id.in_(prescription_ids))
    rows = session.execute(
        select(
            PlanRevision.plan_id,
            PlanRevision.number,
            PlanRevision.effective_on,
            RevisionItem.prescription_id,
            RevisionItem.dose,
            RevisionItem.schedule,
        )
        .outerjoin(RevisionItem, and_(*said))
        .where(PlanRevision.clinic_id == clinic_id, PlanRevision.plan_id.in_(plan_ids))
        .where(recorded_by_then(PlanRevision.published_at, known_at))
        .order_by(PlanRevision.plan_id, PlanRevision.number, RevisionItem.position)
    )
    return _grouped(rows)


def recorded_by_then(recorded_at: Any, known_at: datetime | None) -> ColumnElement[bool]:
    """Return the condition that something was recorded at `known_at` or before; None is now."""
    return true() if known_at is None else recorded_at <= known_at


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[RevisionContent]]:
    plans: dict[UUID, dict[int, tuple[date, dict[UUID, Item]]]] = defaultdict(dict)
    for row in rows:
        _, items = plans[row.plan_id].setdefault(row.number, (row.effective_on, {}))
        if row.prescription_id is not None:
            items[row.prescription_id] = Item(Dose.from_json(row.dose), Schedule.from_json(row.schedule))
    contents: dict[UUID, list[RevisionContent]] = defaultdict(list)
    for plan_id, revisions in plans.items():
        contents[plan_id] = [RevisionContent(number, day, items) for number, (day, items) in revisions.items()]
    return contents
