"""The HTTP doors of single exercises. Patients do not use them: they read exercises in their plan."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.library.actions import exercises as actions
from hep_api.library.queries import exercises as queries
from hep_api.library.schemas.exercises import ExerciseIn, ExerciseOut

routes = Routes("library", "Exercises: the starter set, the clinic's own, a practitioner's drafts.")


@routes.get("/exercises/<uuid:exercise_id>")
@signed_in(*STAFF)
@returns(ExerciseOut, tag=etags.by_body)
def get_exercise(exercise_id: UUID) -> dict[str, Any]:
    """Read an exercise with its easier, harder and alternative ones."""
    with transaction() as session:
        return queries.exercise_for(session, viewer(), exercise_id)


@routes.post("/exercises")
@signed_in(Role.PRACTITIONER)
@takes(ExerciseIn)
@returns(ExerciseOut, 201)
def add_exercise(body: dict[str, Any]) -> dict[str, Any]:
    """Add an exercise of your own, as a draft for yourself or for the whole clinic.

    Safe to send again: the same id with the same content gives the same answer, with other content 409.
    """
    with transaction() as session:
        return actions.add_exercise(session, viewer(), body, clock.now())
