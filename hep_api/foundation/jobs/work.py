"""Running one job: its effect and its done mark in one transaction, or neither. Only what cannot be taken back anyhow,
as it is said to others outside, is done in pieces, each in a transaction of its own.

A job that fails is tried again with growing pauses and in the end given up. Logs name the kind and the error's type,
never the payload or the error's words.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from hep_api.foundation import clock
from hep_api.foundation.database import retrying, transaction
from hep_api.foundation.jobs import claims
from hep_api.foundation.jobs.deadlines import at_most
from hep_api.foundation.metrics.tallies import OTHER, Tally, Timing
from hep_api.foundation.settings import Settings

Handler = Callable[[Session, Mapping[str, Any], datetime], None]


@dataclass(frozen=True, slots=True)
class InPieces:
    """A handler that opens its own transactions, so that each piece stays done when the next one fails or the worker is
    killed. It asks `claims.hold` in each whether the job is still this worker's, and may be run again at any time.
    """

    work: Callable[[claims.Claim], None]


Work = Handler | InPieces
PART_OF_THE_LEASE_TO_WORK = 0.8
RUN = Tally("hep_jobs_run", "Jobs that a worker took, by what came of them.", "kind", "outcome")
TOOK = Timing("hep_job_seconds", "Time that a worker had a job in hand, whatever came of it.", "kind")

log = structlog.get_logger()


class UnknownKind(Exception):
    """A job of a kind that this version does not know: of a newer version during an update, or of one long gone."""


class WorkerLost(Exception):
    """The job's worker was killed, and not for the first time."""


def run_next() -> bool:
    """Take the next due job and run it to its end, good or bad; False when none is due."""
    with transaction() as session:
        claim = claims.claim_next(session, clock.now(), _lease())
    if claim is None:
        return False
    began_at = monotonic()
    if claim.attempts > claims.MOST_ATTEMPTS:
        _fail(claim, WorkerLost())
        return True
    try:
        with at_most(_lease() * PART_OF_THE_LEASE_TO_WORK):
            retrying(lambda: _run(claim))
    except Exception as error:  # noqa: BLE001 - whatever a job raises is its own failure, not the worker's
        _fail(claim, error)
    TOOK.add(monotonic() - began_at, _kind(claim))
    return True


def spread() -> float:
    """Return a factor drawn by lot, about 1, by which pauses are spread out."""
    return secrets.SystemRandom().uniform(0.75, 1.25)


def run_due_jobs() -> int:
    """Run what is due now, one after the other, and return how many; for tests and for `flask worker --until-idle`."""
    count = 0
    while run_next():
        count += 1
    return count


def _run(claim: claims.Claim) -> None:
    handlers: Mapping[str, Work] = current_app.extensions["hep_jobs"]
    if claim.kind not in handlers:
        raise UnknownKind
    handler = handlers[claim.kind]
    if isinstance(handler, InPieces):
        handler.work(claim)
    with transaction() as session:
        if not claims.hold(session, claim):
            RUN.add(_kind(claim), "taken_over")
            log.warning("job_taken_over", job_id=str(claim.id), job_kind=claim.kind)
            return
        if not isinstance(handler, InPieces):
            handler(session, claim.payload, clock.now())
        claims.finish(session, claim, clock.now())
    RUN.add(_kind(claim), "done")
    log.info("job_done", job_id=str(claim.id), job_kind=claim.kind, attempts=claim.attempts)


def _fail(claim: claims.Claim, error: Exception) -> None:
    said = {"job_id": str(claim.id), "job_kind": claim.kind, "attempts": claim.attempts}
    error_type = type(error).__name__
    with transaction() as session:
        if claim.attempts >= claims.MOST_ATTEMPTS:
            claims.give_up(session, claim, clock.now(), error_type)
            RUN.add(_kind(claim), "dead")
            log.error("job_given_up", error_type=error_type, **said)
            return
        pause = claims.pause_before_next(claim.attempts, spread())
        claims.put_back(session, claim, clock.now(), error_type, pause)
    RUN.add(_kind(claim), "failed")
    log.warning("job_failed", error_type=error_type, **said)


def _kind(claim: claims.Claim) -> str:
    return claim.kind if claim.kind in current_app.extensions["hep_jobs"] else OTHER


def _lease() -> timedelta:
    settings: Settings = current_app.extensions["hep_settings"]
    return timedelta(seconds=settings.job_lease_seconds)
