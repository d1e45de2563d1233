"""Write what a revision says: carried prescriptions must be this plan's, new ones freeze their exercise as it reads."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, Problem, invalid
from hep_api.foundation.identifiers import new_id
from hep_api.library.queries import exercises as library
from hep_api.plans.media import assets_in
from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision, Prescription, RevisionItem
from hep_api.plans.phases import Phase, counted

Exercises = dict[UUID, dict[str, Any]]
Written = Sequence[tuple[PlanRevision, Phase]]
# An item with its place in what was sent, such as /phases/1/items/3.
Placed = Sequence[tuple[str, Mapping[str, Any]]]


def add_items(session: Session, viewer: Viewer, plan: Plan, written: Written) -> None:
    """Add the items of a plan's revisions that are published together, in their order.

    An item that names an exercise makes a new prescription; where a later phase names the same one again, it goes on.

    Errors: 422 naming every item whose exercise or prescription is unknown, foreign, or not the viewer's to see.
    """
    placed = [
        (f"{phase.pointer}/items/{place}", item) for _, phase in written for place, item in enumerate(phase.items)
    ]
    _refuse_foreign(session, plan, placed)
    exercises = _exercises(session, viewer, placed)
    prescribed: dict[tuple[UUID, int], UUID] = {}
    rows: list[Any] = []
    for revision, phase in written:
        for position, (item, again) in enumerate(counted(phase.items)):
            prescription_id = item["prescription_id"]
            if prescription_id is None:
                key = (item["exercise_id"], again)
                if key not in prescribed:
                    prescribed[key] = new_id()
                    prescription = _prescription(revision, prescribed[key], exercises[item["exercise_id"]])
                    session.add(prescription)
                    rows += assets_in(prescription)
                prescription_id = prescribed[key]
            rows.append(_item(revision, position, prescription_id, item))
    session.flush()
    session.add_all(rows)
    session.flush()


def refuse_items(session: Session, viewer: Viewer, plan: Plan, phases: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what could not be prescribed in the plan as it is now; 422 as for adding."""
    placed = [
        (f"/phases/{number}/items/{place}", item)
        for number, phase in enumerate(phases)
        for place, item in enumerate(phase["items"])
    ]
    _refuse_foreign(session, plan, placed)
    _exercises(session, viewer, placed)


def _prescription(revision: PlanRevision, prescription_id: UUID, exercise: dict[str, Any]) -> Prescription:
    return Prescription(
        clinic_id=revision.clinic_id,
        id=prescription_id,
        plan_id=revision.plan_id,
        exercise_id=UUID(exercise["exercise_id"]),
        exercise=exercise,
    )


def _item(revision: PlanRevision, position: int, prescription_id: UUID, item: Mapping[str, Any]) -> RevisionItem:
    return RevisionItem(
        clinic_id=revision.clinic_id,
        plan_id=revision.plan_id,
        revision_id=revision.id,
        prescription_id=prescription_id,
        position=position,
        dose=item["dose"].to_json(),
        schedule=item["schedule"].to_json(),
        progression=item["progression"].to_json() if item.get("progression") else None,
    )


def _refuse_foreign(session: Session, plan: Plan, placed: Placed) -> None:
    """Refuse the items that carry a prescription which is not of this plan."""
    carried = {place: item["prescription_id"] for place, item in placed if item["prescription_id"]}
    query = select(Prescription.id).where(
        Prescription.clinic_id == plan.clinic_id,
        Prescription.plan_id == plan.id,
        Prescription.id.in_(list(carried.values())),
    )
    known = set(session.scalars(query)) if carried else set()
    foreign = [
        FieldError(f"{place}/prescription_id", "unknown_prescription", "This plan has no such prescription.")
        for place, prescription_id in carried.items()
        if prescription_id not in known
    ]
    if foreign:
        raise invalid(*foreign)


def _exercises(session: Session, viewer: Viewer, placed: Placed) -> Exercises:
    """Return what a prescription keeps of each exercise that the new items name, by its id."""
    new = {place: item["exercise_id"] for place, item in placed if item["exercise_id"]}
    if not new:
        return {}
    try:
        return library.exercises_for_plan(session, viewer, list(new.values()), "{}")
    except Problem as refusal:
        # The library counts what it was asked for; the sender counts items, of which some carry on.
        places = list(new)
        raise invalid(
            *(
                FieldError(f"{places[int(error.field)]}/exercise_id", error.rule, error.detail)
                for error in refusal.errors
            )
        ) from None
