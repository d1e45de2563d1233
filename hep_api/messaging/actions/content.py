"""Writes of a clinic's content list. What was sent of it to a patient stays as it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.web import etags
from hep_api.library.queries.templates import MISSING, ExerciseState, named_exercises
from hep_api.library.vocabulary import Scope
from hep_api.library.words import folded
from hep_api.messaging.models.content import ContentItem
from hep_api.messaging.queries import content
from hep_api.plans import repeats

Said = Mapping[str, Any]
FIELDS = ("kind", "language", "texts", "tags", "exercise_id")


def add_content(session: Session, viewer: Viewer, body: Said, now: datetime) -> ContentItem:
    """Add a piece to the list; sent again with the same content it is the same one.

    Errors: 409 for an id used otherwise, 422 naming `/exercise_id` when the clinic does not have it.
    """
    said = {field: body[field] for field in FIELDS}
    digest = repeats.digest_of({**said, "author_id": viewer.member_id})
    if body["id"] and (known := _added_before(session, viewer, body["id"], digest)):
        return known
    _refuse_exercise(session, viewer, said)
    row = {
        **said,
        **_columns(said),
        "clinic_id": viewer.clinic_id,
        "id": body["id"] or new_id(),
        "author_id": viewer.member_id,
        "created_at": now,
        "changed_at": now,
        "sent_digest": digest,
    }
    session.execute(insert(ContentItem).values(row).on_conflict_do_nothing())
    added = _added_before(session, viewer, row["id"], digest)
    assert added is not None, "it was there, or was added just now"
    return added


def change_content(session: Session, viewer: Viewer, content_id: UUID, body: Said, now: datetime) -> ContentItem:
    """Write a piece anew, under its ETag; what says the same as before makes no version.

    Errors: 404, 409 for one that is archived, 412, 422 as for adding.
    """
    item = content.content_to_change(session, viewer, content_id)
    etags.require_match(item.id, item.version)
    if item.archived_at is not None:
        raise conflict("content_id", "archived", "This piece is archived; restore it first.")
    said = {field: body[field] for field in FIELDS}
    if said == {field: getattr(item, field) for field in FIELDS}:
        return item
    _refuse_exercise(session, viewer, said)
    for name, value in {**said, **_columns(said), "changed_at": now}.items():
        setattr(item, name, value)
    item.version += 1
    session.flush()
    return item


def archive_content(session: Session, viewer: Viewer, content_id: UUID, now: datetime) -> ContentItem:
    """Take a piece out of the list, so that it is sent no more; a second time it stays so."""
    item = content.content_to_change(session, viewer, content_id)
    item.archived_at = item.archived_at or now
    session.flush()
    return item


def restore_content(session: Session, viewer: Viewer, content_id: UUID) -> ContentItem:
    """Put an archived piece back; one that is not archived stays as it is."""
    item = content.content_to_change(session, viewer, content_id)
    item.archived_at = None
    session.flush()
    return item


def _columns(said: Said) -> dict[str, Any]:
    """Return what follows from what a piece says: what it is sorted and found by."""
    words = list(said["tags"])
    for texts in said["texts"].values():
        words += [texts["title"], texts["summary"], *texts["paragraphs"]]
    return {"title": said["texts"][said["language"]]["title"], "searched": folded(" ".join(words))}


def _refuse_exercise(session: Session, viewer: Viewer, said: Said) -> None:
    """Refuse an exercise that not everybody of the clinic could send: unknown, archived, or somebody's draft."""
    exercise_id = said["exercise_id"]
    if exercise_id is None:
        return
    exercise = named_exercises(session, viewer, [exercise_id], ()).get(exercise_id, MISSING)
    if exercise.state is ExerciseState.MISSING:
        words = "There is no such exercise, or it is not yours to see."
        raise invalid_field("/exercise_id", "unknown_exercise", words)
    if exercise.state is ExerciseState.ARCHIVED:
        raise invalid_field("/exercise_id", "archived", "This exercise is in the archive; choose another.")
    if exercise.scope is Scope.DRAFT:
        raise invalid_field("/exercise_id", "draft", "This exercise is a draft, which only its author sees.")


def _added_before(session: Session, viewer: Viewer, content_id: UUID, digest: bytes) -> ContentItem | None:
    known = session.scalar(
        select(ContentItem).where(ContentItem.clinic_id == viewer.clinic_id, ContentItem.id == content_id)
    )
    if known is not None and known.sent_digest != digest:
        raise repeats.id_is_taken()
    return known
