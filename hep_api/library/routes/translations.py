"""HTTP doors of an exercise's texts in further languages."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.library.actions import translations as actions
from hep_api.library.actions.exercises import exercise_to_change
from hep_api.library.queries import texts as queries
from hep_api.library.schemas.translations import TranslationIn, TranslationsOut

routes = Routes("translations", "Texts of an exercise in further languages.")


@routes.get("/exercises/<uuid:exercise_id>/translations")
@signed_in(*STAFF)
@returns(TranslationsOut, tag=etags.by_version)
def list_translations(exercise_id: UUID) -> dict[str, Any]:
    """Read an exercise's texts in all its languages, its own first; the ETag is the exercise's."""
    with transaction() as session:
        return queries.translations_for(session, viewer(), exercise_id)


@routes.put("/exercises/<uuid:exercise_id>/translations/<language>")
@signed_in(Role.PRACTITIONER)
@takes(TranslationIn)
@returns(TranslationsOut, tag=etags.by_version)
def write_translation(exercise_id: UUID, language: str, body: dict[str, Any]) -> dict[str, Any]:
    """Write an exercise's texts in a language such as `de` or `pt-BR`, with the exercise's ETag in If-Match.

    What is left empty is read in the exercise's own language.

    Errors: 403 `read_only` for the starter set; 422 for its own language, for more or fewer steps than its own, and for
    some of its precautions or contraindications in place of all.
    """
    with transaction() as session:
        exercise = exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        return actions.write_translation(session, viewer(), exercise, language, body)


@routes.delete("/exercises/<uuid:exercise_id>/translations/<language>")
@signed_in(Role.PRACTITIONER)
@returns(TranslationsOut, tag=etags.by_version)
def remove_translation(exercise_id: UUID, language: str) -> dict[str, Any]:
    """Take an exercise's texts in a language away; 404 when there are none.

    Errors: 403 `read_only` for the starter set.
    """
    with transaction() as session:
        exercise = exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        return actions.remove_translation(session, viewer(), exercise, language)
