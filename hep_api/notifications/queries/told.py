"""What members were last told of things."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.notices import NoticeTold


def last_told(
    session: Session, clinic_id: UUID, kind: NoticeKind, subject_id: UUID, member_ids: Collection[UUID]
) -> Mapping[UUID, NoticeTold]:
    """Return the last notice of a kind about one thing, by member; who was told nothing is not in it."""
    rows = session.scalars(
        select(NoticeTold).where(
            NoticeTold.clinic_id == clinic_id,
            NoticeTold.member_id.in_(member_ids),
            NoticeTold.kind == kind,
            NoticeTold.subject_id == subject_id,
        )
    )
    return {row.member_id: row for row in rows}
