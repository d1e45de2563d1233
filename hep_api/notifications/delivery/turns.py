"""Calling a worker for a clinic's pushes. A job is one turn: it takes due pushes one after the other, whoever asked for
it, so that any number of workers share what is due and a job too many does no harm.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hep_api.foundation.jobs import queue
from hep_api.notifications.models.pushes import Push, PushPause, PushState

DELIVER = "notifications.deliver_pushes"
# Before all other work; among pushes too they come first.
URGENT = 100


def call_turn(session: Session, clinic_id: UUID, now: datetime, run_at: datetime, *, urgent: bool) -> None:
    """Add the job of a turn at `run_at`, or bring forward the one that waits."""
    key = f"{clinic_id}:urgent" if urgent else str(clinic_id)
    payload = {"clinic_id": str(clinic_id)}
    priority = URGENT if urgent else 0
    queue.enqueue(
        session, DELIVER, payload, now=now, clinic_id=clinic_id, run_at=run_at, dedupe_key=key, priority=priority
    )


def call_next_turn(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Add the jobs for when anything of a clinic's that waits is due next; none when nothing waits."""
    # PostgreSQL's greatest() passes over what is null.
    free_at = func.min(func.greatest(Push.due_at, Push.leased_until, PushPause.paused_until))
    waiting = (
        select(Push.urgent, free_at)
        .outerjoin(PushPause, PushPause.provider == Push.provider)
        .where(Push.clinic_id == clinic_id, Push.state == PushState.WAITING)
        .group_by(Push.urgent)
    )
    for urgent, run_at in session.execute(waiting).all():
        call_turn(session, clinic_id, now, max(run_at, now), urgent=urgent)


def call_help(session: Session, clinic_id: UUID, now: datetime) -> None:
    """Add a turn at once where more is due that nobody has in hand, for a worker that is idle."""
    paused = select(PushPause.provider).where(PushPause.paused_until > now)
    free = (
        select(Push.urgent)
        .where(Push.clinic_id == clinic_id, Push.state == PushState.WAITING, Push.due_at <= now)
        .where(or_(Push.leased_until.is_(None), Push.leased_until <= now), Push.provider.not_in(paused))
        .order_by(Push.urgent.desc())
        .limit(1)
    )
    urgent = session.scalar(free)
    if urgent is not None:
        call_turn(session, clinic_id, now, now, urgent=urgent)
