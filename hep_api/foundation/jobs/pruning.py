"""Finished jobs are kept for a while, so that a person can see what happened, and then removed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.models import Job, Outcome

DONE_KEPT_FOR = timedelta(days=14)
DEAD_KEPT_FOR = timedelta(days=90)


def prune_finished_jobs(session: Session, _: Mapping[str, Any], now: datetime) -> None:
    """Remove jobs that were done two weeks ago, and dead letters of three months ago."""
    for outcome, kept_for in ((Outcome.DONE, DONE_KEPT_FOR), (Outcome.DEAD, DEAD_KEPT_FOR)):
        session.execute(delete(Job).where(Job.outcome == outcome, Job.finished_at < now - kept_for))
