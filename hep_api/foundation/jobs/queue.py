"""Putting work into the table, in the transaction of its cause: a rollback leaves no job, a commit never loses one.

NOTIFY travels with the commit and only wakes a worker; a job is found without it by the next poll.
"""

import json
from collections.abc import Mapping
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
