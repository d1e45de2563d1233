"""Reads of the library. A viewer sees the starter set, their clinic's exercises, and no drafts but their own."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, invalid, not_found
from hep_api.library import showing
from hep_api.library.models.exercises import STARTER_SHELF, Exercise
from hep_api.library.queries import links
from hep_api.library.queries.media import media_of_exercises
from hep_api.library.queries.translations import NAMES, TEXTS
from hep_api.library.translating import TEXT_FIELDS, in_best_language
from hep_api.library.vocabulary import Scope

AnyRow = Row[*tuple[Any, ...]]
Json = dict[str, Any]
Found = TypeVar("Found")

# What a list shows: enough to choose an exercise and to prescribe it as usual.
SUMMARY = (
    Exercise.id,
    Exercise.scope,
    Exercise.name,
    Exercise.summary,
    Exercise.language,
    Exercise.body_region,
    Exercise.goals,
    Exercise.position,
    Exercise.equipment,
    Exercise.sides,
    Exercise.difficulty,
    Exercise.default_dose,
    Exercise.default_schedule,
    Exercise.archived_at,
    Exercise.version,
)
# `translations` holds name and summary by language; `in_best_language` chooses among them.
LISTED = (*SUMMARY, NAMES)
SHOWN = (
    *SUMMARY,
    TEXTS,
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
    Exercise.author,
    Exercise.source,
    Exercise.source_key,
    Exercise.source_url,
    Exercise.licence,
    Exercise.drawing_digest,
    Exercise.copied_from_id,
    Exercise.copied_from_version,
    Exercise.created_at,
)
# What a prescription keeps: what the patient reads, in every language, and where it comes from.
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
    Exercise.language,
    Exercise.author,
    Exercise.source,
    Exercise.licence,
)


def may_see_exercise(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Exercise` for what the viewer may see; on the two shelves that are theirs."""
    return Exercise.clinic_id.in_((STARTER_SHELF, viewer.clinic_id)) & or_(
        Exercise.scope != Scope.DRAFT, Exercise.author_id == viewer.member_id
    )


def one_of(found: Iterable[Found]) -> Found:
    """Return the exercise that was found; 404 when there is none."""
    for exercise in found:
        return exercise
    raise not_found("exercise")


def exercise_for(session: Session, viewer: Viewer, exercise_id: UUID, asked: Sequence[str] = ()) -> Json:
    """Return an exercise in the best of the asked languages, with its pictures and links; 404 otherwise.

    Links are `{id, name}` under easier, harder and alternatives.
    """
    query = select(*SHOWN).where(may_see_exercise(viewer), Exercise.id == exercise_id)
    row = one_of(session.execute(query))
    exercise = in_best_language(row._asdict(), asked)
    assets = media_of_exercises(session, [row.clinic_id], [exercise_id]).get(exercise_id, [])
    media = showing.media_of(assets, row.drawing_digest, row.name)
    return {
        **exercise,
        **links.links_of(session, may_see_exercise(viewer), viewer.clinic_id, row, asked),
        "copied_from": row.copied_from_id and {"exercise_id": row.copied_from_id, "version": row.copied_from_version},
        "media": showing.shown_media(media, exercise["name"], exercise["language"]),
    }


def exercises_for_plan(
    session: Session, viewer: Viewer, exercise_ids: Sequence[UUID], field: str = "/items/{}/exercise_id"
) -> dict[UUID, Json]:
    """Return what a prescription keeps of each exercise, in plain JSON types, by id; two statements for all.

    What the viewer may not prescribe (unknown, another clinic's, a colleague's draft: one answer) is refused with 422,
    and so is what is in the archive; `field` is the pointer to name, its place for the index into `exercise_ids`.
    """
    columns = (Exercise.id, Exercise.version, Exercise.archived_at, Exercise.drawing_digest, TEXTS, *PRESCRIBED)
    query = select(*columns).where(may_see_exercise(viewer), Exercise.id.in_(set(exercise_ids)))
    found = {row.id: row for row in session.execute(query)}
    refused = [
        FieldError(field.format(index), *why)
        for index, exercise_id in enumerate(exercise_ids)
        if (why := _why_not(found.get(exercise_id)))
    ]
    if refused:
        raise invalid(*refused)
    assets = media_of_exercises(session, [viewer.clinic_id], found)
    return {exercise_id: _prescribed(row, assets.get(exercise_id, [])) for exercise_id, row in found.items()}


def _why_not(row: AnyRow | None) -> tuple[str, str] | None:
    """Return the rule and the words by which an exercise cannot be prescribed."""
    if row is None:
        return "unknown_exercise", "There is no such exercise, or it is not yours to see."
    if row.archived_at is not None:
        return "archived", "This exercise is in the archive; choose another, or have it restored."
    return None


def _prescribed(row: AnyRow, assets: Sequence[Json]) -> Json:
    translations = {
        language: {field: texts[field] for field in TEXT_FIELDS} for language, texts in (row.translations or {}).items()
    }
    return {
        "exercise_id": str(row.id),
        **{column.key: getattr(row, column.key) for column in PRESCRIBED},
        "library_version": row.version,
        "translations": translations,
        "media": showing.media_of(assets, row.drawing_digest, row.name),
    }
