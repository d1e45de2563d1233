"""The texts of an exercise in further languages: which fields they are, and how they reach the table.

A translation is read as long as it has as many steps as the exercise itself; one with fewer would hide a step. What it
leaves empty is read in the exercise's own words, and so are precautions of which it has another number.
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
# Those that a translation may leave empty, and among them those of which none may be missing.
MAY_BE_EMPTY = ("summary", "cues", "mistakes", "precautions", "contraindications")
SAFETY_FIELDS = ("precautions", "contraindications")
COUNTED = ("steps", *SAFETY_FIELDS)
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

    `texts` have a `language` of their own and `translations` into others; where none is asked for, they stay, and so
    does each field that the translation leaves empty.
    """
    own, translations = texts["language"], texts["translations"] or {}
    language = best_language({own, *translations}, asked, own)
    said = without_gaps(translations.get(language, {}), texts)
    return {**texts, **said, "language": language, "languages": sorted({own, *translations})}


def without_gaps(translation: Mapping[str, Any], own: Mapping[str, Any]) -> Json:
    """Return what of a translation is read: without fields in which the exercise's own texts would say more."""
    return {field: said for field, said in translation.items() if not _is_gap(field, said, own.get(field))}


def _is_gap(field: str, said: Any, own: Any) -> bool:
    """An older translation may have another number of precautions than the exercise has by now."""
    if field in SAFETY_FIELDS and own is not None:
        return len(said) != len(own)
    return field in MAY_BE_EMPTY and not said


def wrong_number(translation: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first field of `COUNTED` of which a translation has more or fewer than the exercise, and what to say.

    Precautions may also be left out as a whole: then the exercise's own are read.
    """
    for field in COUNTED:
        count, said = len(own[field]), len(translation[field])
        if said == count or (field in SAFETY_FIELDS and not said):
            continue
        if not count:
            return field, "Must be empty, as the exercise itself has none."
        or_none = ", or none" if field in SAFETY_FIELDS else ""
        return field, f"Must have as many entries as the exercise itself, {count}{or_none}."
    return None
