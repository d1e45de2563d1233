"""A job's life after it was put into the table: taken by one worker, then done, tried again, or given up.

The worker holds the row's lock while it works, so nobody else takes the job meanwhile; a killed worker's lock falls
with its connection, and its job is taken over when the lease has run out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, exists, func, or_, select, update
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.models import Job, Outcome

MOST_ATTEMPTS = 12
LONGEST_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in this worker's hands; `attempts` tells this claim from an earlier one."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    clinic_id: UUID | None
    attempts: int


def claim_next(session: Session, now: datetime, lease: timedelta) -> Claim | None:
    """Take the most urgent due job that nobody works on; None when there is none."""
    due = (
        select(Job.id)
        .where(Job.outcome.is_(None), Job.run_at <= now, or_(Job.leased_until.is_(None), Job.leased_until <= now))
        .order_by(Job.priority.desc(), Job.run_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        # Looked for once: as a plain subselect PostgreSQL may look again for each row, and take more than it may.
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    taking = (
        update(Job)
        .where(Job.id.in_(select(due.c.id)))
        .values(attempts=Job.attempts + 1, leased_until=now + lease)
        .returning(Job.id, Job.kind, Job.payload, Job.clinic_id, Job.attempts)
    )
    row = session.execute(taking).one_or_none()
    return Claim(*row) if row else None


def is_any_due(now: datetime, priority: int) -> Exists:
    """Return the SQL of: a job of this priority or higher is due and nobody works on it. For long work to step back."""
    free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    return exists().where(Job.outcome.is_(None), Job.priority >= priority, Job.run_at <= now, free)


def hold(session: Session, claim: Claim) -> bool:
    """Lock the claimed job for this transaction and act for its clinic; False when another worker took it over."""
    clinic = func.set_config("app.clinic_id", str(claim.clinic_id or ""), True)
    mine = select(Job.id, clinic).where(_is_still(claim)).with_for_update()
    return session.execute(mine).one_or_none() is not None


def finish(session: Session, claim: Claim, now: datetime) -> None:
    """Mark the job done, in the transaction of its effect."""
    session.execute(_close(claim, now, Outcome.DONE))


def put_back(session: Session, claim: Claim, now: datetime, error_type: str, pause: timedelta) -> None:
    """Let the job be tried again after `pause`."""
    waiting = {"leased_until": None, "run_at": now + pause, "error_type": error_type}
    session.execute(update(Job).where(_is_still(claim)).values(waiting))


def give_up(session: Session, claim: Claim, now: datetime, error_type: str) -> None:
    """Make the job a dead letter: kept for a person to look at, never tried again."""
    session.execute(_close(claim, now, Outcome.DEAD).values(error_type=error_type))


def dead_letters(session: Session, limit: int) -> list[Job]:
    """Return the jobs that were given up, the latest first."""
    dead = select(Job).where(Job.outcome == Outcome.DEAD).order_by(Job.finished_at.desc()).limit(limit)
    return list(session.scalars(dead))


def try_again(session: Session, identifier: UUID, now: datetime) -> bool:
    """Make a dead letter due anew, after what kept it from working is put right; False when it is none."""
    # Not from 0 attempts: it would stand in the way of a waiting job of the same key.
    anew = {"outcome": None, "finished_at": None, "attempts": 1, "run_at": now}
    dead = (Job.id == identifier) & (Job.outcome == Outcome.DEAD)
    return session.execute(update(Job).where(dead).values(anew).returning(Job.id)).one_or_none() is not None


def pause_before_next(attempts: int, spread: float) -> timedelta:
    """Return the pause after so many attempts: 2, 4, 8 seconds up to an hour; `spread` is drawn by lot, about 1."""
    return timedelta(seconds=min(2.0**attempts, LONGEST_PAUSE_SECONDS) * spread)


def _close(claim: Claim, now: datetime, outcome: Outcome) -> Any:
    return update(Job).where(_is_still(claim)).values(outcome=outcome, finished_at=now, leased_until=None)


def _is_still(claim: Claim) -> Any:
    return (Job.id == claim.id) & (Job.attempts == claim.attempts) & Job.outcome.is_(None)
