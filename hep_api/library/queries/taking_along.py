"""A clinic's exercises as a file that the import takes, here or elsewhere: texts in every language, and links."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.library import shelving
from hep_api.library.linking import ALTERNATIVES, EASIER, HARDER, LINK_LISTS
from hep_api.library.models.exercises import Exercise, ExerciseLink, ExerciseTranslation
from hep_api.library.shelving import CONTENT_FIELDS
from hep_api.library.translating import TRANSLATED_FIELDS, wrong_number
from hep_api.library.vocabulary import LinkKind, Scope

Json = dict[str, Any]
FORMAT, VERSION = "hep-api-exercises", 1


def exercises_to_take_along(session: Session, clinic_id: UUID) -> Json:
    """Return all exercises of the clinic that are not in the archive, by name; no drafts and no starter exercises.

    In three statements. A translation that has another number of steps or precautions than the exercise stays here. A
    link is said once, on its easier end where that is the clinic's; one that leads to a starter exercise stands there
    by the id that it has everywhere.
    """
    query = select(Exercise).where(
        Exercise.clinic_id == clinic_id, Exercise.scope == Scope.CLINIC, Exercise.archived_at.is_(None)
    )
    exercises = session.scalars(query.order_by(Exercise.name, Exercise.id)).all()
    translations, links = _translations(session, clinic_id), _links(session, clinic_id, {each.id for each in exercises})
    return {
        "format": FORMAT,
        "version": VERSION,
        "exercises": [_entry(each, translations[each.id], links[each.id]) for each in exercises],
    }


def _entry(exercise: Exercise, translations: Json, links: dict[str, list[str]]) -> Json:
    said = shelving.plain({field: getattr(exercise, field) for field in (*CONTENT_FIELDS, "licence")})
    readable = {tag: texts for tag, texts in translations.items() if not wrong_number(texts, said)}
    return {
        "key": str(exercise.id),
        **said,
        "translations": readable,
        **{which: sorted(links.get(which, ())) for which in LINK_LISTS},
    }


def _translations(session: Session, clinic_id: UUID) -> dict[UUID, Json]:
    found: dict[UUID, Json] = defaultdict(dict)
    for row in session.scalars(select(ExerciseTranslation).where(ExerciseTranslation.clinic_id == clinic_id)):
        found[row.exercise_id][row.language] = {field: getattr(row, field) for field in TRANSLATED_FIELDS}
    return found


def _links(session: Session, clinic_id: UUID, ours: Collection[UUID]) -> dict[UUID, dict[str, list[str]]]:
    found: dict[UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(select(ExerciseLink).where(ExerciseLink.clinic_id == clinic_id)):
        is_harder = row.kind is LinkKind.HARDER
        if row.exercise_id in ours:
            found[row.exercise_id][HARDER if is_harder else ALTERNATIVES].append(str(row.linked_id))
        elif row.linked_id in ours:
            found[row.linked_id][EASIER if is_harder else ALTERNATIVES].append(str(row.exercise_id))
    return found
