"""The HTTP doors of single exercises. Patients do not use them: they read exercises in their plan."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import etags, speaking
from hep_api.foundation.web.doors import Routes, needs_if_match, returns, signed_in, takes
from hep_api.library.actions import copying, editing
from hep_api.library.actions import exercises as actions
from hep_api.library.queries import exercises as queries
from hep_api.library.schemas.exercises import ExerciseChangesIn, ExerciseCopyIn, ExerciseIn, ExerciseOut

routes = Routes("library", "Exercises: the starter set, the clinic's own, a practitioner's drafts.")


@routes.get("/exercises/<uuid:exercise_id>")
@signed_in(*STAFF)
@returns(ExerciseOut, tag=etags.by_version)
def get_exercise(exercise_id: UUID) -> dict[str, Any]:
    """Read an exercise with its pictures and its easier, harder and alternative ones.

    Its texts are in the language of Accept-Language where there is a translation, else in its own; `language` and
    Content-Language say which. The ETag serves a change whatever language was read.
    """
    with transaction() as session:
        return _spoken(queries.exercise_for(session, viewer(), exercise_id, asked_languages()))


@routes.post("/exercises")
@signed_in(Role.PRACTITIONER)
@takes(ExerciseIn)
@returns(ExerciseOut, 201, tag=etags.by_version)
def add_exercise(body: dict[str, Any]) -> dict[str, Any]:
    """Add an exercise of your own, as a draft for yourself or for the whole clinic.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.
    """
    with transaction() as session:
        return _spoken(actions.add_exercise(session, viewer(), body, clock.now()))


@routes.patch("/exercises/<uuid:exercise_id>")
@signed_in(Role.PRACTITIONER)
@takes(ExerciseChangesIn)
@returns(ExerciseOut, tag=etags.by_version)
def change_exercise(exercise_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Change an exercise: a draft by its author, the clinic's by its practitioners; what is left out stays.

    Texts are those of the exercise's own language; other languages have a door of their own. `scope` makes a draft
    the clinic's, never the other way round. Plans that prescribe it stay as they were published.

    Errors: 403 `read_only` for the starter set; 422 naming the field and the rule.
    """
    with transaction() as session:
        exercise = actions.exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        return _spoken(editing.change_exercise(session, viewer(), exercise, body))


@routes.post("/exercises/<uuid:exercise_id>/copy")
@signed_in(Role.PRACTITIONER)
@takes(ExerciseCopyIn)
@returns(ExerciseOut, 201, tag=etags.by_version)
def copy_exercise(exercise_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Copy an exercise of the starter set, the clinic or your own drafts, with its translations and pictures.

    `copied_from` names the original and its version; nothing that becomes of it later touches the copy. Links are not
    copied. Safe to send again: the same id with the same content gives the same answer, with other content 409.
    """
    with transaction() as session:
        return _spoken(copying.copy_exercise(session, viewer(), exercise_id, body, clock.now()))


@routes.post("/exercises/<uuid:exercise_id>/archive")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@returns(ExerciseOut, tag=etags.by_version)
def archive_exercise(exercise_id: UUID) -> dict[str, Any]:
    """Put an exercise into the archive: it is not found and not prescribed any more, and plans carry on with it.

    Errors: 403 `read_only` for the starter set.
    """
    with transaction() as session:
        exercise = actions.exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        return _spoken(editing.archive_exercise(session, viewer(), exercise, clock.now()))


@routes.post("/exercises/<uuid:exercise_id>/restore")
@signed_in(Role.PRACTITIONER)
@needs_if_match
@returns(ExerciseOut, tag=etags.by_version)
def restore_exercise(exercise_id: UUID) -> dict[str, Any]:
    """Take an exercise out of the archive.

    Errors: 403 `read_only` for the starter set.
    """
    with transaction() as session:
        exercise = actions.exercise_to_change(session, viewer(), exercise_id)
        etags.require_match(exercise.id, exercise.version)
        return _spoken(editing.restore_exercise(session, viewer(), exercise))


def _spoken(exercise: dict[str, Any]) -> dict[str, Any]:
    speaking.answer_in(exercise["language"])
    return exercise
