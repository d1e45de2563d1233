"""Putting work into the table, in the transaction of its cause: a rollback leaves no job, a commit never loses one.

NOTIFY travels with the commit and only wakes a worker; a job is found without it by the next poll.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation.database import run
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs.models import Job

CHANNEL = "hep_job"
# DO UPDATE and not DO NOTHING: it locks the waiting job until our commit, so that no worker runs it before.
_ADD_UNLESS_WAITING = """
    INSERT INTO job (id, clinic_id, kind, payload, dedupe_key, priority, run_at, created_at, attempts)
    VALUES (%(id)s, %(clinic_id)s, %(kind)s, cast(%(payload)s AS jsonb), %(dedupe_key)s, %(priority)s, %(run_at)s,
            %(created_at)s, 0)
        ON CONFLICT (kind, dedupe_key) WHERE attempts = 0 AND dedupe_key IS NOT NULL
        DO UPDATE SET run_at = least(job.run_at, excluded.run_at)
    RETURNING id
"""

_ADD_EACH_UNLESS_WAITING = """
    INSERT INTO job (id, clinic_id, kind, payload, dedupe_key, priority, run_at, created_at, attempts)
    SELECT added.id, %(clinic_id)s, %(kind)s, added.payload, added.dedupe_key, %(priority)s, added.run_at,
           %(created_at)s, 0
      FROM jsonb_to_recordset(cast(%(jobs)s AS jsonb))
           AS added (id uuid, payload jsonb, dedupe_key text, run_at timestamptz)
     ORDER BY added.dedupe_key
        ON CONFLICT (kind, dedupe_key) WHERE attempts = 0 AND dedupe_key IS NOT NULL
        DO UPDATE SET run_at = least(job.run_at, excluded.run_at)
"""

# A part of the statement that brings about a job's cause: it is added for the one row of {cause}. Who waits already is
# locked just the same, and written only where it comes to be due earlier.
_ADD_WITH = """
    INSERT INTO job (id, clinic_id, kind, payload, dedupe_key, priority, run_at, created_at, attempts)
    SELECT %(job_id)s, %(clinic_id)s, %(job_kind)s, cast(%(job_payload)s AS jsonb), %(job_key)s, 0, %(job_run_at)s,
           %(now)s, 0
      FROM {cause}
        ON CONFLICT (kind, dedupe_key) WHERE attempts = 0 AND dedupe_key IS NOT NULL
        DO UPDATE SET run_at = excluded.run_at WHERE excluded.run_at < job.run_at
    RETURNING id"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job of a clinic's to be added together with its cause; not due yet by then, so that nobody is woken for it."""

    kind: str
    dedupe_key: str
    payload: Mapping[str, Any]
    run_at: datetime


@dataclass(frozen=True, slots=True)
class Keyed:
    """One of many jobs of a kind: of its key one waits at a time."""

    dedupe_key: str
    payload: Mapping[str, Any]
    run_at: datetime


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    clinic_id: UUID | None = None,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    priority: int = 0,
) -> UUID:
    """Add a job named `capability.verb_object` with a JSON payload of ids; return its id, or the waiting one's.

    With `dedupe_key`, one job of that kind and key waits at a time, due at the earliest of the wished times. A job that
    a worker has taken already is not waiting: it may have read before this transaction's change, so a new one is added.
    """
    row = _row(kind, payload, now, clinic_id=clinic_id, run_at=run_at, priority=priority)
    said = {**row, "payload": json.dumps(row["payload"]), "dedupe_key": dedupe_key}
    added: UUID = run(session, _ADD_UNLESS_WAITING, said).scalar_one()
    _wake(session, row["run_at"], now)
    return added


def enqueue_each(
    session: Session, kind: str, jobs: Sequence[Keyed], *, now: datetime, clinic_id: UUID, priority: int = 0
) -> None:
    """Add many jobs of a kind for a clinic as `enqueue` adds one, each with a key of its own, in one statement."""
    if not jobs:
        return
    rows = [
        {
            "id": str(new_id()),
            "payload": dict(each.payload),
            "dedupe_key": each.dedupe_key,
            "run_at": each.run_at.isoformat(),
        }
        for each in jobs
    ]
    said = {"clinic_id": clinic_id, "kind": kind, "priority": priority, "created_at": now, "jobs": json.dumps(rows)}
    run(session, _ADD_EACH_UNLESS_WAITING, said)
    _wake(session, min(each.run_at for each in jobs), now)


def added_with(cause: str) -> str:
    """Return the SQL that adds a planned job for the one row of a part of the same statement, or for none.

    Its values are those of `values_of`, and the cause's `clinic_id` and `now`.
    """
    return _ADD_WITH.replace("{cause}", cause)


def values_of(planned: Planned) -> dict[str, Any]:
    """Return the values of a planned job for `added_with`."""
    return {
        "job_id": new_id(),
        "job_kind": planned.kind,
        "job_payload": json.dumps(planned.payload),
        "job_key": planned.dedupe_key,
        "job_run_at": planned.run_at,
    }


def enqueue_once(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    once_key: str,
    now: datetime,
    run_at: datetime | None = None,
) -> bool:
    """Add a job unless one of that kind and key was ever added (finished ones count until they are pruned)."""
    row = _row(kind, payload, now, clinic_id=None, run_at=run_at, priority=0) | {"once_key": once_key}
    adding = insert(Job).values(row).on_conflict_do_nothing().returning(Job.id)
    added = session.execute(adding).one_or_none() is not None
    if added:
        _wake(session, row["run_at"], now)
    return added


def _row(
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    clinic_id: UUID | None,
    run_at: datetime | None,
    priority: int,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "clinic_id": clinic_id,
        "kind": kind,
        "payload": dict(payload),
        "priority": priority,
        "run_at": run_at or now,
        "created_at": now,
    }


def _wake(session: Session, run_at: datetime, now: datetime) -> None:
    if run_at <= now:
        session.execute(func.pg_notify(CHANNEL, "").select())
