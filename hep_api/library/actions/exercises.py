"""Adding an exercise of one's own. The starter set and imports have their own files."""

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
from hep_api.library import shelving
from hep_api.library.actions import links
from hep_api.library.linking import LINK_LISTS
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.queries import exercises
from hep_api.library.shelving import Shelf, content_of, digest_of, row_of
from hep_api.library.vocabulary import Scope

Json = dict[str, Any]


def add_exercise(session: Session, viewer: Viewer, body: Mapping[str, Any], now: datetime) -> Json:
    """Add the viewer's exercise and return it in full; sent again with the same content, return what is there.

    Errors: 409 when the id stands for another exercise, 422 for a link that leads nowhere.
    """
    shelf = Shelf(viewer.clinic_id, body["scope"], body["source"], body["licence"], author_id=viewer.member_id)
    content = content_of(body)
    linked = {which: body[which] for which in LINK_LISTS}
    sent = {**content, **{which: [str(each) for each in ids] for which, ids in linked.items()}}
    row = row_of(shelf, content, body["id"] or new_id(), now) | {"content_digest": digest_of(shelf, sent)}
    if place(session, row) and any(linked.values()):
        links.set_links(session, viewer, session.get_one(Exercise, (shelf.clinic_id, row["id"])), linked)
    return exercises.exercise_for(session, viewer, row["id"])


def place(session: Session, row: Json) -> bool:
    """Add an exercise's row, and say whether it is new; one of the same id with the same digest is the same sending.

    The digest stays what was first sent, however the exercise is edited later. Raises 409 for an id that is taken.
    """
    _refuse_taken_id(session, row)
    added = insert(Exercise).values(row).on_conflict_do_nothing().returning(Exercise.id)
    if session.scalar(added) is not None:
        shelving.make_found(session, row["clinic_id"], [row["id"]])
        return True
    # Sent before, or twice at once: the other one has committed by now, so it can be compared.
    _refuse_taken_id(session, row)
    return False


def _refuse_taken_id(session: Session, row: Json) -> None:
    on_both_shelves = Exercise.clinic_id.in_((STARTER_SHELF, row["clinic_id"]))
    taken = session.scalars(select(Exercise.content_digest).where(on_both_shelves, Exercise.id == row["id"])).all()
    if any(other != row["content_digest"] for other in taken):
        raise _id_taken()


def exercise_to_change(session: Session, viewer: Viewer, exercise_id: UUID) -> Exercise:
    """Return an exercise of the viewer's clinic, locked; 404 for what they do not see, 403 for the starter set."""
    visible = (exercises.may_see_exercise(viewer), Exercise.id == exercise_id)
    if session.scalar(select(Exercise.scope).where(*visible)) is Scope.STARTER:
        raise Problem(
            "read_only", 403, "The starter set is read only: copy the exercise and change the copy (rule read_only)."
        )
    return exercises.one_of(session.scalars(select(Exercise).where(*visible).with_for_update()))


def _id_taken() -> Problem:
    return conflict("/id", "id_taken", "This id already stands for another exercise.")
