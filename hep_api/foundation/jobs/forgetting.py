"""Removing jobs that name somebody who is to be forgotten, done ones and dead letters too."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, false, func
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.models import Job


def forget_jobs_naming(session: Session, *ids: UUID) -> None:
    """Remove every job whose payload or key holds one of the ids; waits for those that a worker has in hand.

    The job that asks for it is among them: it is done when this transaction is committed, and leaves nothing.
    """
    naming: ColumnElement[bool] = false()
    for identifier in ids:
        for place in (cast(Job.payload, Text), Job.dedupe_key, Job.once_key):
            naming |= func.strpos(place, str(identifier)) > 0
    session.execute(delete(Job).where(naming))


def forget_jobs_about(session: Session, kinds: Collection[str], field: str, ids: Collection[UUID]) -> None:
    """Remove every job of these kinds whose payload names one of the ids in `field`; however many, one look a job."""
    about = Job.kind.in_(kinds) & Job.payload[field].astext.in_([str(identifier) for identifier in ids])
    session.execute(delete(Job).where(about))
