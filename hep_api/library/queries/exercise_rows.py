"""An exercise's row alone, for reads that need no more of it than that the viewer may see it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.library.models.exercises import Exercise
from hep_api.library.queries.exercises import may_see_exercise, one_of


def exercise_row_for(session: Session, viewer: Viewer, exercise_id: UUID) -> Exercise:
    """Return an exercise's row when the viewer may see it; 404 otherwise."""
    return one_of(session.scalars(select(Exercise).where(may_see_exercise(viewer), Exercise.id == exercise_id)))
