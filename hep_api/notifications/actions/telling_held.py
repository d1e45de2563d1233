"""Telling at the end of quiet hours what came in them, each thing once and only what is still true."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.foundation.database import run
from hep_api.notifications.actions import keeping
from hep_api.notifications.actions.telling import tell_each
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.notices import NoticeDay, NoticeTold
from hep_api.notifications.notices import Notice
from hep_api.notifications.queries.causes import STILL_TRUE, Pair

AT_A_TIME = 200
TOLD_KEPT_FOR = timedelta(days=90)
DAYS_KEPT_FOR = timedelta(days=30)

# What was told since by another way is left out, and goes all the same.
TAKE = """
WITH due AS (
    SELECT member_id, kind, subject_id FROM notice_held
     WHERE clinic_id = %(clinic_id)s AND due_at <= %(now)s
     ORDER BY due_at, member_id, kind, subject_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM notice_held AS held USING due
     WHERE held.clinic_id = %(clinic_id)s AND held.member_id = due.member_id AND held.kind = due.kind
       AND held.subject_id = due.subject_id
    RETURNING held.member_id, held.kind, held.subject_id
)
SELECT taken.*, coalesce(told.outcome = 'held', true) AS is_untold
  FROM taken LEFT JOIN notice_told AS told
    ON told.clinic_id = %(clinic_id)s AND told.member_id = taken.member_id AND told.kind = taken.kind
   AND told.subject_id = taken.subject_id
"""


def tell_held(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Tell a block of what is due in a clinic, and add the job for the next block where there may be one."""
    taken = run(session, TAKE, {"clinic_id": clinic_id, "now": now, "most": AT_A_TIME}).all()
    by_kind: defaultdict[NoticeKind, list[Pair]] = defaultdict(list)
    for row in taken:
        if row.is_untold:
            by_kind[NoticeKind(row.kind)].append((row.member_id, row.subject_id))
    notices = [each for kind, pairs in by_kind.items() for each in _still_true(session, clinic_id, kind, pairs, now)]
    tell_each(session, clinic_id, notices, now)
    if len(taken) == AT_A_TIME:
        keeping.tell_held_at(session, clinic_id, now, now)


def forget_old(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Remove what was kept of notices long ago."""
    old = (NoticeTold.clinic_id == clinic_id) & (NoticeTold.told_at < now - TOLD_KEPT_FOR)
    session.execute(delete(NoticeTold).where(old))
    past = (NoticeDay.clinic_id == clinic_id) & (NoticeDay.on_date < (now - DAYS_KEPT_FOR).date())
    session.execute(delete(NoticeDay).where(past))


def _still_true(session: Session, clinic_id: UUID, kind: NoticeKind, pairs: list[Pair], now: datetime) -> list[Notice]:
    still: Any = STILL_TRUE.get(kind)
    numbers = still(session, clinic_id, pairs, now) if still else dict.fromkeys(pairs)
    return [Notice(pair[0], kind, pair[1], numbers[pair]) for pair in pairs if pair in numbers]
