"""Writing an exercise's texts in a further language. The caller holds the exercise's row and has checked If-Match."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.foundation.web.languages import language_in_path
from hep_api.library.actions.editing import grow
from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.queries.texts import translations_for
from hep_api.library.translating import COUNTED, translation_row, wrong_number

Json = dict[str, Any]


def write_translation(
    session: Session, viewer: Viewer, exercise: Exercise, language: str, body: Mapping[str, Any]
) -> Json:
    """Write or replace the texts in a language, and return those of all languages.

    Errors: 422 for what is no language or the exercise's own, and for another number of steps or precautions
    than the exercise has.
    """
    if language_in_path(language) == exercise.language:
        words = "The exercise itself is written in this language: change its own texts."
        raise invalid_field("/language", "own_language", words)
    own = {field: getattr(exercise, field) for field in COUNTED}
    if wrong := wrong_number(body, own):
        raise invalid_field(f"/{wrong[0]}", "as_many", wrong[1])
    row = translation_row(exercise.clinic_id, exercise.id, language, body)
    session.execute(
        insert(ExerciseTranslation).values(row).on_conflict_do_update(constraint="exercise_translation_pkey", set_=row)
    )
    grow(session, exercise)
    return translations_for(session, viewer, exercise.id)


def remove_translation(session: Session, viewer: Viewer, exercise: Exercise, language: str) -> Json:
    """Take the texts in a language away, and return those of all others; 404 without any, 422 for no language."""
    language_in_path(language)
    same = (
        ExerciseTranslation.clinic_id == exercise.clinic_id,
        ExerciseTranslation.exercise_id == exercise.id,
        ExerciseTranslation.language == language,
    )
    if session.scalar(delete(ExerciseTranslation).where(*same).returning(ExerciseTranslation.language)) is None:
        raise not_found("translation")
    grow(session, exercise)
    return translations_for(session, viewer, exercise.id)
