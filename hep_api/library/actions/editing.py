"""Changing an exercise of one's own, and putting it into the archive. No plan changes: a prescription keeps its own.

The caller holds the exercise's row locked and has checked If-Match.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import invalid_field
from hep_api.library import shelving
from hep_api.library.actions import links
from hep_api.library.linking import LINK_LISTS
from hep_api.library.models.exercises import Exercise, ExerciseTranslation
from hep_api.library.queries import exercises
from hep_api.library.shelving import CONTENT_FIELDS
from hep_api.library.translating import TEXT_FIELDS
from hep_api.library.vocabulary import Scope

Json = dict[str, Any]
SAID_ANEW = (*TEXT_FIELDS, "synonyms")
ABOUT_FIELDS = ("scope", "source", "licence")


def change_exercise(session: Session, viewer: Viewer, exercise: Exercise, changes: Mapping[str, Any]) -> Json:
    """Change what is named and return the exercise in full; its version grows.

    A change of its texts makes the translations outdated, which is shown to those who write them.

    Errors: 422 for the clinic's exercise that should become a draft, for a draft that becomes the clinic's and is
    linked with another, for a language that has a translation already, and for links that lead nowhere.
    """
    if not changes:
        return exercises.exercise_for(session, viewer, exercise.id)
    _refuse_step_back(session, viewer, exercise, changes)
    _refuse_translated_language(session, exercise, changes)
    content = shelving.plain({field: value for field, value in changes.items() if field in CONTENT_FIELDS})
    is_rewritten = any(getattr(exercise, field) != content[field] for field in SAID_ANEW if field in content)
    about = {field: changes[field] for field in ABOUT_FIELDS if field in changes}
    for field, value in {**content, **about}.items():
        setattr(exercise, field, value)
    grow(session, exercise)
    if is_rewritten:
        _outdate_translations(session, exercise)
    links.set_links(session, viewer, exercise, {which: changes[which] for which in LINK_LISTS if which in changes})
    return exercises.exercise_for(session, viewer, exercise.id)


def archive_exercise(session: Session, viewer: Viewer, exercise: Exercise, now: datetime) -> Json:
    """Put an exercise into the archive: nobody finds or prescribes it any more, and plans carry on with it."""
    if exercise.archived_at is None:
        exercise.archived_at = now
        grow(session, exercise)
    return exercises.exercise_for(session, viewer, exercise.id)


def restore_exercise(session: Session, viewer: Viewer, exercise: Exercise) -> Json:
    """Take an exercise out of the archive."""
    if exercise.archived_at is not None:
        exercise.archived_at = None
        grow(session, exercise)
    return exercises.exercise_for(session, viewer, exercise.id)


def grow(session: Session, exercise: Exercise) -> None:
    """Write the exercise as it is now under its next version, and let it be found by what it says."""
    exercise.version += 1
    session.flush()
    shelving.make_found(session, exercise.clinic_id, [exercise.id])


def _refuse_step_back(session: Session, viewer: Viewer, exercise: Exercise, changes: Mapping[str, Any]) -> None:
    if changes.get("scope", exercise.scope) is exercise.scope:
        return
    if exercise.scope is Scope.CLINIC:
        words = "An exercise of the clinic does not become a draft again: archive it, or copy it as a draft."
        raise invalid_field("/scope", "stays_with_the_clinic", words)
    if not set(LINK_LISTS) <= changes.keys():
        links.refuse_links_to_drafts(session, viewer, exercise)


def _refuse_translated_language(session: Session, exercise: Exercise, changes: Mapping[str, Any]) -> None:
    if "language" in changes and changes["language"] in session.scalars(
        select(ExerciseTranslation.language).where(*_of(exercise))
    ):
        words = "There is a translation into this language: take it away first."
        raise invalid_field("/language", "translated", words)


def _outdate_translations(session: Session, exercise: Exercise) -> None:
    session.execute(update(ExerciseTranslation).where(*_of(exercise)).values(outdated=True))


def _of(exercise: Exercise) -> tuple[Any, ...]:
    return ExerciseTranslation.clinic_id == exercise.clinic_id, ExerciseTranslation.exercise_id == exercise.id
