"""The texts of an exercise in further languages: which fields they are, and how they reach the table.

A translation is read as long as it has as many steps as the exercise itself; one with fewer would hide a step.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation.languages import best_language
from hep_api.library.models.exercises import ExerciseTranslation

Json = dict[str, Any]
Translations = Mapping[str, Mapping[str, Any]]

# What a patient reads.
TEXT_FIELDS = ("name", "summary", "steps", "cues", "mistakes", "precautions", "contraindications")
TRANSLATED_FIELDS = (*TEXT_FIELDS, "synonyms", "author")


def replace_translations(session: Session, clinic_id: UUID, by_exercise: Mapping[UUID, Translations]) -> None:
    """Make the translations of these exercises, on one shelf, exactly the given ones, by language."""
    if not by_exercise:
        return
    of_these = (ExerciseTranslation.clinic_id == clinic_id) & ExerciseTranslation.exercise_id.in_(by_exercise)
    session.execute(delete(ExerciseTranslation).where(of_these))
    rows = [
        translation_row(clinic_id, exercise_id, language, texts)
        for exercise_id, translations in by_exercise.items()
        for language, texts in translations.items()
    ]
    if rows:
        session.execute(insert(ExerciseTranslation), rows)


def translation_row(clinic_id: UUID, exercise_id: UUID, language: str, texts: Mapping[str, Any]) -> Json:
    """Return the columns of a translation that says what the exercise says now."""
    said = {field: texts[field] for field in TRANSLATED_FIELDS}
    return {"clinic_id": clinic_id, "exercise_id": exercise_id, "language": language, "outdated": False, **said}


def in_best_language(texts: Mapping[str, Any], asked: Sequence[str]) -> Json:
    """Return texts in the language that suits best, which `language` then names, without their `translations`.

    `texts` have a `language` of their own and `translations` into others; where none is asked for, they stay.
    """
    own, translations = texts["language"], texts["translations"] or {}
    language = best_language({own, *translations}, asked, own)
    return {**texts, **translations.get(language, {}), "language": language, "languages": sorted({own, *translations})}
