"""Removing what is older than the audit is kept. The app cannot: this signs in as the database's migrator.

The chain goes on from where it was cut: an entry, written first and in the same transaction, says up to which row and
hash it was, so that `verify` can tell a pruning from a theft.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from hep_api.audit.chain import Link
from hep_api.audit.verifying import PRUNED, pruning
from hep_api.foundation.settings import Settings, migrations_url

ACT_FOR = text("SELECT set_config('app.clinic_id', :clinic_id, true)")
# `at` never runs back within a chain: all rows up to this one are as old, or older.
NEWEST_OUTDATED = text(
    "SELECT seq, hash FROM audit_entry WHERE clinic_id = :clinic_id AND at < :before ORDER BY at DESC, seq DESC LIMIT 1"
)
OLDEST = text("SELECT min(seq) FROM audit_entry WHERE clinic_id = :clinic_id")
APPEND = text("SELECT append_audit(CAST(:entries AS jsonb), false)")
DELETE = text("DELETE FROM audit_entry WHERE clinic_id = :clinic_id AND seq <= :seq")


class MayNotPrune(Exception):
    """The role of HEP_DATABASE_MIGRATOR_URL may not delete from the audit."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows of a clinic were pruned, or would be."""

    clinic_id: UUID
    rows: int


def prune(settings: Settings, clinic_ids: list[UUID], before: datetime, *, only_count: bool) -> list[Pruned]:
    """Remove the rows of these clinics from before an instant, one transaction a clinic; with `only_count` none."""
    engine = create_engine(migrations_url(settings), hide_parameters=True)
    try:
        return [_prune_in_a_transaction(engine.connect(), each, before, only_count) for each in clinic_ids]
    except ProgrammingError as error:
        raise MayNotPrune from error
    finally:
        engine.dispose()


def _prune_in_a_transaction(connection: Connection, clinic_id: UUID, before: datetime, only_count: bool) -> Pruned:  # noqa: FBT001
    with connection, connection.begin():
        connection.execute(ACT_FOR, {"clinic_id": str(clinic_id)})
        newest = connection.execute(NEWEST_OUTDATED, {"clinic_id": clinic_id, "before": before}).one_or_none()
        if newest is None:
            return Pruned(clinic_id, 0)
        oldest: int = connection.execute(OLDEST, {"clinic_id": clinic_id}).scalar_one()
        if not only_count:
            subject = pruning(Link(newest.seq, bytes(newest.hash)))
            entry = {"clinic_id": str(clinic_id), "action": PRUNED, "outcome": "allowed", "subject": subject}
            connection.execute(APPEND, {"entries": json.dumps([entry])})
            connection.execute(DELETE, {"clinic_id": clinic_id, "seq": newest.seq})
        return Pruned(clinic_id, newest.seq - oldest + 1)
