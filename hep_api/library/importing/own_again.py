"""Exercises that come back: a file that this clinic exported names its own exercises by their ids.

They are known again by these, and an entry that says something else than the exercise changes it, as a person would.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.library import shelving, translating
from hep_api.library.actions import editing
from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.shelving import CONTENT_FIELDS, Shelved
from hep_api.library.translating import COUNTED, TRANSLATED_FIELDS, wrong_number
from hep_api.library.vocabulary import Scope

Content = Mapping[str, Any]


def split(
    session: Session, clinic_id: UUID, contents: Mapping[str, Content]
) -> tuple[list[tuple[Exercise, Content]], dict[str, Content]]:
    """Return the contents that are exercises of the clinic, locked, and the others by their key."""
    named = {identifier: key for key in contents if (identifier := _id(key))}
    of_clinic = (Exercise.clinic_id == clinic_id) & (Exercise.scope == Scope.CLINIC)
    query = select(Exercise).where(of_clinic, Exercise.id.in_(named)).with_for_update()
    own = {named[exercise.id]: exercise for exercise in session.scalars(query)} if named else {}
    others = {key: content for key, content in contents.items() if key not in own}
    return [(exercise, contents[key]) for key, exercise in own.items()], others


def rewrite(session: Session, own: list[tuple[Exercise, Content]]) -> Shelved:
    """Change the exercises whose entry says something else, and return how many those are."""
    there = _translations(session, [exercise for exercise, _ in own])
    differing = [pair for pair in own if _differs(*pair, there.get(pair[0].id, {}))]
    for exercise, content in differing:
        for field in (*CONTENT_FIELDS, "licence"):
            setattr(exercise, field, content[field])
        kept = _unread(exercise, there.get(exercise.id, {}))
        translations = {**kept, **content["translations"]}
        translating.replace_translations(session, exercise.clinic_id, {exercise.id: translations})
        editing.grow(session, exercise)
    return Shelved(0, len(differing), len(own) - len(differing))


def _differs(exercise: Exercise, content: Content, translations: Mapping[str, Content]) -> bool:
    said = shelving.plain({field: getattr(exercise, field) for field in (*CONTENT_FIELDS, "licence")})
    unread = _unread(exercise, translations)
    read = {language: texts for language, texts in translations.items() if language not in unread}
    return read != content["translations"] or any(said[field] != content[field] for field in said)


def _unread(exercise: Exercise, translations: Mapping[str, Content]) -> dict[str, Content]:
    """Return the translations that no export has: they have another number of steps or precautions."""
    own = {field: getattr(exercise, field) for field in COUNTED}
    return {language: texts for language, texts in translations.items() if wrong_number(texts, own)}


def _translations(session: Session, exercises: list[Exercise]) -> dict[UUID, dict[str, dict[str, Any]]]:
    if not exercises:
        return {}
    of_these = ExerciseTranslation.exercise_id.in_([exercise.id for exercise in exercises])
    query = select(ExerciseTranslation).where(ExerciseTranslation.clinic_id == exercises[0].clinic_id, of_these)
    found: dict[UUID, dict[str, dict[str, Any]]] = {}
    for row in session.scalars(query):
        texts = {field: getattr(row, field) for field in TRANSLATED_FIELDS}
        found.setdefault(row.exercise_id, {})[row.language] = texts
    return found


def _id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
