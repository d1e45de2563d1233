"""What a plan has in force and has planned ahead, as a course that can be laid out again, for anybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.foundation.errors import conflict
from hep_api.library.template_rows import LAST_DAY, MOST_PHASES
from hep_api.plans.course import Course, item_from_json
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem
from hep_api.plans.queries.revisions import InForce, standing


def course_ahead(session: Session, plan: Plan, today: date) -> Course:
    """Return the revision in force and those ahead, in two statements; day 0 is when the first of them took effect.

    Each item has beside the rest the `name` of its exercise as it was prescribed, and its `course`. 409 for a plan with
    neither, or with too many or too long ones.
    """
    governing = _governing(session, plan, today)
    if not governing:
        raise conflict("plan_id", "empty", "This plan has nothing in force and nothing planned ahead.")
    if len(governing) > MOST_PHASES:
        raise conflict("plan_id", "length", f"This plan has more than {MOST_PHASES} phases in force and ahead.")
    items = _items(session, plan, [row.id for row in governing])
    courses = _courses(item for row in governing for item in items.get(row.id, []))
    first_day = governing[0].effective_on
    if (governing[-1].effective_on - first_day).days > LAST_DAY:
        raise conflict("plan_id", "range", "The phases of this plan lie more than three years apart.")
    return [
        {
            "name": row.phase_name or f"Phase {place}",
            "from_day": (row.effective_on - first_day).days,
            "note": row.note,
            "items": [
                {**item, "course": courses[item["prescription_id"]], "prescription_id": None}
                for item in items.get(row.id, [])
            ],
        }
        for place, row in enumerate(governing, start=1)
    ]


def _governing(session: Session, plan: Plan, today: date) -> Sequence[Any]:
    of_plan = (PlanRevision.clinic_id == plan.clinic_id) & (PlanRevision.plan_id == plan.id)
    columns = (PlanRevision.id, PlanRevision.effective_on, PlanRevision.phase_name, PlanRevision.note)
    stood = select(*columns, standing(today).label("in_force")).where(of_plan).subquery()
    query = select(stood).where(stood.c.in_force.in_([InForce.NOW, InForce.AHEAD]))
    return session.execute(query.order_by(stood.c.effective_on)).all()


def _items(session: Session, plan: Plan, revision_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        select(RevisionItem, Prescription.exercise_id, Prescription.exercise["name"].astext.label("name"))
        .join(
            Prescription,
            (Prescription.clinic_id == RevisionItem.clinic_id) & (Prescription.id == RevisionItem.prescription_id),
        )
        .where(RevisionItem.clinic_id == plan.clinic_id, RevisionItem.revision_id.in_(revision_ids))
        .order_by(RevisionItem.revision_id, RevisionItem.position)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for item, exercise_id, name in rows:
        said = {"dose": item.dose, "schedule": item.schedule, "progression": getattr(item, "progression", None)}
        again = {"exercise_id": exercise_id, "prescription_id": item.prescription_id, "name": name}
        found.setdefault(item.revision_id, []).append({**item_from_json(said), **again})
    return found


def _courses(items: Iterable[dict[str, Any]]) -> dict[UUID, int]:
    """Number the prescriptions of each exercise in the order in which they come up in the course."""
    numbers: dict[UUID, int] = {}
    known: Counter[UUID] = Counter()
    for item in items:
        if item["prescription_id"] not in numbers:
            numbers[item["prescription_id"]] = known[item["exercise_id"]]
            known[item["exercise_id"]] += 1
    return numbers
