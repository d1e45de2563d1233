"""The library's HTTP doors. Patients do not search it: they read exercises in their plan."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.library.actions import exercises as actions
from hep_api.library.queries import exercises as queries
from hep_api.library.schemas.exercises import ExerciseIn, ExerciseOut, ExerciseQuery, ExerciseSummaryOut

routes = Routes("library", "Exercises: the starter set, the clinic's own, a practitioner's drafts.")


@routes.get("/exercises")
@signed_in(*STAFF)
@asks(ExerciseQuery)
@returns(page_of(ExerciseSummaryOut))
def list_exercises(query: dict[str, Any]) -> Page[queries.AnyRow]:
    """Search the library.

    Every word of `q` has to be found: in the name, a synonym, a tag, the topics or the text; as it stands, as the
    beginning of a word, or, when no exercise knows it, misspelt by a letter. Best hits first; without `q` by name.
    """
    with transaction() as session:
        return queries.list_exercises_for(session, viewer(), query)


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
