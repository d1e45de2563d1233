"""Remembers what an account's sign-ins came from, and forgets it after a while."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.familiar import Whereabouts
from hep_api.accounts.models.familiar import FamiliarMark

KEPT_FOR = timedelta(days=90)
WRITTEN_AGAIN_AFTER = timedelta(days=1)


def remember(session: Session, account_id: UUID, whereabouts: Whereabouts, now: datetime) -> None:
    """Let the account's owner be known here from now on; for somebody who has just proven to be the owner."""
    marks = whereabouts.marks(account_id)
    if not marks:
        return
    seen = insert(FamiliarMark).values(
        [{"account_id": account_id, "digest": mark, "seen_at": now} for mark in sorted(marks)]
    )
    session.execute(
        seen.on_conflict_do_update(
            index_elements=["account_id", "digest"],
            set_={"seen_at": seen.excluded.seen_at},
            where=FamiliarMark.seen_at < now - WRITTEN_AGAIN_AFTER,
        )
    )


def prune(session: Session, now: datetime) -> None:
    """Forget what nobody came from for three months."""
    session.execute(delete(FamiliarMark).where(FamiliarMark.seen_at < now - KEPT_FOR))
