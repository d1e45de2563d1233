"""All texts of an exercise in all languages, for those who write them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.queries.exercises import may_see_exercise, one_of
from hep_api.library.translating import TRANSLATED_FIELDS

Json = dict[str, Any]


def translations_for(session: Session, viewer: Viewer, exercise_id: UUID) -> Json:
    """Return `id`, `version` and the texts of an exercise by language, its own first; 404 when it is not seen."""
    query = select(Exercise).where(may_see_exercise(viewer), Exercise.id == exercise_id)
    exercise = one_of(session.scalars(query))
    translations = session.scalars(
        select(ExerciseTranslation)
        .where(ExerciseTranslation.clinic_id == exercise.clinic_id, ExerciseTranslation.exercise_id == exercise.id)
        .order_by(ExerciseTranslation.language)
        .execution_options(populate_existing=True)
    ).all()
    own = {"language": exercise.language, "is_own": True, "outdated": False, **_said(exercise)}
    others = [
        {"language": each.language, "is_own": False, "outdated": each.outdated, **_said(each)} for each in translations
    ]
    return {"id": exercise.id, "version": exercise.version, "items": [own, *others]}


def _said(texts: Exercise | ExerciseTranslation) -> Json:
    return {field: getattr(texts, field) for field in TRANSLATED_FIELDS}
