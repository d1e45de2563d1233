"""Reads of the library. A viewer sees the starter set, their clinic's exercises, and no drafts but their own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, invalid, not_found
from hep_api.library.models.exercises import STARTER_SHELF, Exercise, ExerciseLink
from hep_api.library.vocabulary import LinkKind, Scope

AnyRow = Row[*tuple[Any, ...]]

# What a list shows: enough to choose an exercise and to prescribe it as usual.
LISTED = (
    Exercise.id,
    Exercise.scope,
    Exercise.name,
    Exercise.summary,
    Exercise.body_region,
    Exercise.goals,
    Exercise.position,
    Exercise.equipment,
    Exercise.sides,
    Exercise.difficulty,
    Exercise.default_dose,
    Exercise.default_schedule,
    Exercise.version,
)
SHOWN = (
    *LISTED,
    Exercise.clinic_id,
    Exercise.author_id,
    Exercise.steps,
    Exercise.cues,
    Exercise.mistakes,
    Exercise.precautions,
    Exercise.contraindications,
    Exercise.joints,
    Exercise.tags,
    Exercise.synonyms,
    Exercise.source,
    Exercise.source_key,
    Exercise.licence,
    Exercise.created_at,
)
# What a prescription keeps: what the patient reads, and where it comes from.
PRESCRIBED = (
    Exercise.name,
    Exercise.summary,
    Exercise.steps,
    Exercise.cues,
    Exercise.mistakes,
    Exercise.precautions,
    Exercise.contraindications,
    Exercise.body_region,
    Exercise.position,
    Exercise.equipment,
    Exercise.sides,
    Exercise.difficulty,
    Exercise.source,
    Exercise.licence,
    Exercise.version,
)


def may_see_exercise(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Exercise` for what the viewer may see; on the two shelves that are theirs."""
    return Exercise.clinic_id.in_((STARTER_SHELF, viewer.clinic_id)) & or_(
        Exercise.scope != Scope.DRAFT, Exercise.author_id == viewer.member_id
    )


def exercise_for(session: Session, viewer: Viewer, exercise_id: UUID) -> dict[str, Any]:
    """Return an exercise with its links, each `{id, name}`, under easier, harder and alternatives; 404 otherwise."""
    exercise = session.execute(select(*SHOWN).where(may_see_exercise(viewer), Exercise.id == exercise_id)).one_or_none()
    if exercise is None:
        raise not_found("exercise")
    links = _links_of(session, exercise.clinic_id, exercise_id)
    return {
        **exercise._asdict(),
        "easier": [link for link in links if link.kind is LinkKind.EASIER],
        "harder": [link for link in links if link.kind is LinkKind.HARDER],
        "alternatives": [link for link in links if link.kind is LinkKind.ALTERNATIVE],
    }


def _links_of(session: Session, clinic_id: UUID, exercise_id: UUID) -> Sequence[AnyRow]:
    linked = (Exercise.clinic_id == ExerciseLink.clinic_id) & (Exercise.id == ExerciseLink.linked_id)
    query = (
        select(ExerciseLink.kind, Exercise.id, Exercise.name)
        .join(Exercise, linked)
        .where(ExerciseLink.clinic_id == clinic_id, ExerciseLink.exercise_id == exercise_id)
        .order_by(Exercise.titles[1], Exercise.id)
    )
    return session.execute(query).all()


def exercises_for_plan(
    session: Session, viewer: Viewer, exercise_ids: Sequence[UUID], field: str = "/items/{}/exercise_id"
) -> dict[UUID, dict[str, Any]]:
    """Return what a prescription keeps of each exercise, in plain JSON types, by id; one statement for all.

    What the viewer may not prescribe (unknown, another clinic's, a colleague's draft: one answer) is refused with 422;
    `field` is the pointer to name, its place for the index into `exercise_ids`.
    """
    query = select(Exercise.id, *PRESCRIBED).where(may_see_exercise(viewer), Exercise.id.in_(set(exercise_ids)))
    found = {row.id: _prescribed(row) for row in session.execute(query)}
    missing = [
        FieldError(field.format(index), "unknown_exercise", "There is no such exercise, or it is not yours to see.")
        for index, exercise_id in enumerate(exercise_ids)
        if exercise_id not in found
    ]
    if missing:
        raise invalid(*missing)
    return found


def _prescribed(row: AnyRow) -> dict[str, Any]:
    columns = {name: value for name, value in row._asdict().items() if name not in ("id", "version")}
    return {"exercise_id": str(row.id), **columns, "library_version": row.version}
