"""Writes of the library: what a practitioner adds. The starter set and imports have their own files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import Problem, conflict
from hep_api.foundation.identifiers import new_id
from hep_api.library.models.exercises import OWN_SOURCE, STARTER_SHELF, Exercise
from hep_api.library.queries import exercises
from hep_api.library.shelving import Shelf, content_of, digest_of, row_of


def add_exercise(session: Session, viewer: Viewer, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Add the viewer's exercise and return it in full; sent again with the same content, return what is there.

    Raises 409 when the id stands for another exercise.
    """
    shelf = Shelf(viewer.clinic_id, body["scope"], OWN_SOURCE, licence="", author_id=viewer.member_id)
    content = content_of(body)
    exercise_id = body["id"] or new_id()
    _refuse_taken_id(session, shelf, exercise_id, digest_of(shelf, content))
    row = row_of(shelf, content, exercise_id, now)
    added = insert(Exercise).values(row).on_conflict_do_nothing().returning(Exercise.id)
    if session.scalar(added) is None:
        # The same id came twice at once: the other one has committed by now, so it can be compared.
        _refuse_taken_id(session, shelf, exercise_id, digest_of(shelf, content))
    return exercises.exercise_for(session, viewer, exercise_id)


def _refuse_taken_id(session: Session, shelf: Shelf, exercise_id: UUID, digest: bytes) -> None:
    on_both_shelves = Exercise.clinic_id.in_((STARTER_SHELF, shelf.clinic_id))
    taken = session.scalars(select(Exercise.content_digest).where(on_both_shelves, Exercise.id == exercise_id)).all()
    if any(other != digest for other in taken):
        raise _id_taken()


def _id_taken() -> Problem:
    return conflict("/id", "id_taken", "This id already stands for another exercise.")
