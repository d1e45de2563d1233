"""Which exercises lead up to one and on from it, as a viewer sees them.

A link is kept once and read from both ends. A clinic's links show on the page of a starter exercise to that clinic
only; what all of the clinic read never shows somebody's draft, so that its lists can be sent back as they were read.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from hep_api.library.linking import LINK_LISTS
from hep_api.library.models.exercises import STARTER_SHELF, Exercise, ExerciseLink
from hep_api.library.queries.translations import NAMES
from hep_api.library.translating import in_best_language
from hep_api.library.vocabulary import LinkKind, Scope


class LinkedEnd(Protocol):
    """An exercise, or a row of one."""

    @property
    def id(self) -> Any: ...

    @property
    def scope(self) -> Any: ...


def links_of(
    session: Session,
    visible: ColumnElement[bool],
    clinic_id: UUID,
    exercise: LinkedEnd,
    asked: Sequence[str] = (),
) -> dict[str, list[dict[str, Any]]]:
    """Return `{id, name, scope}` of what an exercise is linked with, by list, each in the order of their names.

    `visible` is the condition on `Exercise` for what may be shown.
    """
    at_start = ExerciseLink.exercise_id == exercise.id
    other_end = case((at_start, ExerciseLink.linked_id), else_=ExerciseLink.exercise_id)
    which = case(
        (ExerciseLink.kind == LinkKind.ALTERNATIVE, "alternatives"), (at_start, "harder"), else_="easier"
    ).label("list")
    shown = [visible, Exercise.archived_at.is_(None)]
    if exercise.scope is Scope.CLINIC:
        shown.append(Exercise.scope != Scope.DRAFT)
    rows = session.execute(
        select(which, Exercise.id, Exercise.scope, Exercise.name, Exercise.language, NAMES)
        .join(Exercise, (Exercise.id == other_end) & Exercise.clinic_id.in_((STARTER_SHELF, clinic_id)))
        .where(ExerciseLink.clinic_id.in_((STARTER_SHELF, clinic_id)))
        .where(or_(at_start, ExerciseLink.linked_id == exercise.id), *shown)
        .order_by(func.lower(Exercise.name), Exercise.id)
    )
    lists: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        lists[row.list].append(in_best_language(row._asdict(), asked))
    return {name: lists[name] for name in LINK_LISTS}
