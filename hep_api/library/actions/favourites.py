"""A member's favourites among the exercises that they see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.library.models.exercises import Exercise
from hep_api.library.models.favourites import MemberExercise
from hep_api.library.queries.exercises import may_see_exercise, one_of


def add_favourite(session: Session, viewer: Viewer, exercise_id: UUID, now: datetime) -> None:
    """Make an exercise the viewer's favourite; one already stays as it is. 404 for what they do not see."""
    _refuse_unseen(session, viewer, exercise_id)
    adding = insert(MemberExercise).values(
        clinic_id=viewer.clinic_id, member_id=viewer.member_id, exercise_id=exercise_id, favourite_since=now
    )
    since = func.coalesce(MemberExercise.favourite_since, adding.excluded.favourite_since)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=["clinic_id", "member_id", "exercise_id"], set_={"favourite_since": since}
        )
    )


def remove_favourite(session: Session, viewer: Viewer, exercise_id: UUID) -> None:
    """Make an exercise no favourite of the viewer's; when they used it last stays. 404 for what they do not see."""
    _refuse_unseen(session, viewer, exercise_id)
    own = (
        (MemberExercise.clinic_id == viewer.clinic_id)
        & (MemberExercise.member_id == viewer.member_id)
        & (MemberExercise.exercise_id == exercise_id)
    )
    session.execute(delete(MemberExercise).where(own, MemberExercise.last_used_at.is_(None)))
    session.execute(update(MemberExercise).where(own).values(favourite_since=None))


def _refuse_unseen(session: Session, viewer: Viewer, exercise_id: UUID) -> None:
    one_of(session.scalars(select(Exercise.id).where(may_see_exercise(viewer), Exercise.id == exercise_id)))
