"""Copying an exercise into the clinic's own: from then on it is the clinic's, whatever becomes of the original."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.identifiers import new_id
from hep_api.library import shelving
from hep_api.library.actions.exercises import place
from hep_api.library.models.assets import ExerciseAsset
from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.queries import exercises
from hep_api.library.shelving import CONTENT_FIELDS, Shelf, digest_of_sent, row_of
from hep_api.library.translating import TRANSLATED_FIELDS

Json = dict[str, Any]


def copy_exercise(session: Session, viewer: Viewer, exercise_id: UUID, body: Mapping[str, Any], now: datetime) -> Json:
    """Copy an exercise with its translations and pictures and return the copy; sent again, return what is there.

    Source, author and licence stay those of the original. Its links are not copied.

    Errors: 404 for an exercise that the viewer does not see, 409 when the id stands for another one.
    """
    query = select(Exercise).where(exercises.may_see_exercise(viewer), Exercise.id == exercise_id)
    original = exercises.one_of(session.scalars(query))
    content = {field: getattr(original, field) for field in CONTENT_FIELDS}
    content |= {"drawing_digest": original.drawing_digest} | ({"name": body["name"]} if body["name"] else {})
    shelf = Shelf(viewer.clinic_id, body["scope"], original.source, original.licence, author_id=viewer.member_id)
    row = row_of(shelf, content, body["id"] or new_id(), now)
    row |= {"copied_from_id": original.id, "copied_from_version": original.version}
    row["content_digest"] = _digest_of(viewer, exercise_id, body)
    if place(session, row):
        _copy_translations(session, original, row, outdated=body["name"] is not None)
        _copy_media(session, original, row)
    return exercises.exercise_for(session, viewer, row["id"])


def _copy_translations(session: Session, original: Exercise, row: Json, *, outdated: bool) -> None:
    """Copy all translations; those of an exercise that got another name are outdated."""
    of_original = (ExerciseTranslation.clinic_id == original.clinic_id) & (
        ExerciseTranslation.exercise_id == original.id
    )
    copied = [
        {field: getattr(translation, field) for field in ("language", *TRANSLATED_FIELDS)}
        | {"outdated": outdated or translation.outdated}
        | {"clinic_id": row["clinic_id"], "exercise_id": row["id"]}
        for translation in session.scalars(select(ExerciseTranslation).where(of_original))
    ]
    if copied:
        session.execute(insert(ExerciseTranslation), copied)
        shelving.make_found(session, row["clinic_id"], [row["id"]])


def _copy_media(session: Session, original: Exercise, row: Json) -> None:
    """Let the copy show the same pictures and videos; the starter set has none of a clinic's."""
    shown = (literal(row["clinic_id"]), literal(row["id"]), ExerciseAsset.asset_id, ExerciseAsset.position)
    same = (ExerciseAsset.clinic_id == row["clinic_id"]) & (ExerciseAsset.exercise_id == original.id)
    columns = ("clinic_id", "exercise_id", "asset_id", "position")
    session.execute(insert(ExerciseAsset).from_select(columns, select(*shown).where(same)))


def _digest_of(viewer: Viewer, exercise_id: UUID, body: Mapping[str, Any]) -> bytes:
    """Return the digest by which the same sending is known again, whatever became of the original meanwhile."""
    return digest_of_sent(["copy", str(viewer.member_id), str(exercise_id), body["scope"], body["name"]])
