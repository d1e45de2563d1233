"""The HTTP door of the search. Patients do not search the library: they read exercises in their plan."""

from typing import Any

from hep_api.accounts.viewer import STAFF, viewer
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web import speaking
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.library.queries import searching as queries
from hep_api.library.schemas.searching import ExerciseQuery, FoundExercisePageOut

routes = Routes("search", "Finding exercises: words, filters, favourites.")


@routes.get("/exercises")
@signed_in(*STAFF)
@asks(ExerciseQuery)
@returns(FoundExercisePageOut)
def list_exercises(query: dict[str, Any]) -> queries.Found:
    """Search the library.

    Every word of `q` has to be found: in the name, a synonym, a tag, the topics or the text; as it stands, as the
    beginning of a word, or, when no exercise knows it, misspelt by a letter. First what is called so, then what has
    all words in its names, in its topics, in its text; among equals your favourites, then what you used last, then the
    better hit, then by name. Without `q`: your favourites, what you used last, the others by name.
    """
    speaking.depends_on_language()
    with transaction() as session:
        return queries.list_exercises_for(session, viewer(), query, asked_languages())
