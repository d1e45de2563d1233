"""Write what a revision says: carried prescriptions must be this plan's, new ones freeze their exercise as it reads."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, Problem, invalid
from hep_api.foundation.identifiers import new_id
from hep_api.library.queries import exercises as library
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem

Items = Sequence[dict[str, Any]]
Exercises = dict[UUID, dict[str, Any]]


def add_items(session: Session, viewer: Viewer, revision: PlanRevision, items: Items) -> None:
    """Add the items of a revision in their order, with a new prescription for each that names an exercise.

    Errors: 422 naming every item whose exercise or prescription is unknown, foreign, or not the viewer's to see.
    """
    _refuse_foreign(session, revision, items)
    exercises = _exercises(session, viewer, items)
    rows = []
    for position, item in enumerate(items):
        prescription_id = item["prescription_id"] or new_id()
        if item["prescription_id"] is None:
            session.add(_prescription(revision, prescription_id, exercises[item["exercise_id"]]))
        rows.append(_item(revision, position, prescription_id, item))
    session.flush()
    session.add_all(rows)
    session.flush()


def _prescription(revision: PlanRevision, prescription_id: UUID, exercise: dict[str, Any]) -> Prescription:
    return Prescription(
        clinic_id=revision.clinic_id,
        id=prescription_id,
        plan_id=revision.plan_id,
        exercise_id=UUID(exercise["exercise_id"]),
        exercise=exercise,
    )


def _item(revision: PlanRevision, position: int, prescription_id: UUID, item: dict[str, Any]) -> RevisionItem:
    return RevisionItem(
        clinic_id=revision.clinic_id,
        plan_id=revision.plan_id,
        revision_id=revision.id,
        prescription_id=prescription_id,
        position=position,
        dose=item["dose"].to_json(),
        schedule=item["schedule"].to_json(),
    )


def _refuse_foreign(session: Session, revision: PlanRevision, items: Items) -> None:
    """Refuse the items that carry a prescription which is not of this plan."""
    carried = {place: item["prescription_id"] for place, item in enumerate(items) if item["prescription_id"]}
    query = select(Prescription.id).where(
        Prescription.clinic_id == revision.clinic_id,
        Prescription.plan_id == revision.plan_id,
        Prescription.id.in_(list(carried.values())),
    )
    known = set(session.scalars(query)) if carried else set()
    foreign = [
        FieldError(f"/items/{place}/prescription_id", "unknown_prescription", "This plan has no such prescription.")
        for place, prescription_id in carried.items()
        if prescription_id not in known
    ]
    if foreign:
        raise invalid(*foreign)


def _exercises(session: Session, viewer: Viewer, items: Items) -> Exercises:
    """Return what a prescription keeps of each exercise that the new items name, by its id."""
    new = {place: item["exercise_id"] for place, item in enumerate(items) if item["exercise_id"]}
    if not new:
        return {}
    try:
        return library.exercises_for_plan(session, viewer, list(new.values()), "{}")
    except Problem as refusal:
        # The library counts what it was asked for; the sender counts items, of which some carry on.
        places = list(new)
        raise invalid(
            *(
                FieldError(f"/items/{places[int(error.field)]}/exercise_id", error.rule, error.detail)
                for error in refusal.errors
            )
        ) from None
