"""What a member used last, for the order of their searches."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.library.models.favourites import MemberExercise


def note_uses(session: Session, viewer: Viewer, exercise_ids: Iterable[UUID], now: datetime) -> None:
    """Note that the viewer uses these exercises now; one statement for all, and none for no exercise."""
    # In one order, so that two publishings of the same member never wait for each other crosswise.
    rows = [
        {"clinic_id": viewer.clinic_id, "member_id": viewer.member_id, "exercise_id": each, "last_used_at": now}
        for each in sorted(set(exercise_ids))
    ]
    if not rows:
        return
    noting = insert(MemberExercise).values(rows)
    used = func.greatest(MemberExercise.last_used_at, noting.excluded.last_used_at)
    session.execute(
        noting.on_conflict_do_update(
            index_elements=["clinic_id", "member_id", "exercise_id"], set_={"last_used_at": used}
        )
    )
