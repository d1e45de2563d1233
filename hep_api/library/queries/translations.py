"""The translations of exercises, read in the statement that reads the exercise: a JSON object by language."""

from collections.abc import Iterable

from sqlalchemy import Label, func, select

from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.translating import TRANSLATED_FIELDS


def _by_language(fields: Iterable[str]) -> Label[object]:
    pairs = [part for field in fields for part in (field, getattr(ExerciseTranslation, field))]
    return (
        select(func.jsonb_object_agg(ExerciseTranslation.language, func.jsonb_build_object(*pairs)))
        .where(
            ExerciseTranslation.clinic_id == Exercise.clinic_id,
            ExerciseTranslation.exercise_id == Exercise.id,
            func.cardinality(ExerciseTranslation.steps) == func.cardinality(Exercise.steps),
        )
        .correlate(Exercise)
        .scalar_subquery()
        .label("translations")
    )


# For lists, and for whoever reads an exercise. None where there is no translation.
NAMES = _by_language(("name", "summary"))
TEXTS = _by_language(field for field in TRANSLATED_FIELDS if field != "author")
