"""Reads the record from above the wall, as somebody does who runs the database."""

from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from hep_api.audit.models import AuditEntry
from tests.world import World


def left_by(world: World, answer: TestResponse) -> list[AuditEntry]:
    """Return what a request left, in the order in which it was written."""
    with world.transaction() as session:
        entries = select(AuditEntry).where(AuditEntry.request_id == UUID(answer.headers["X-Request-Id"]))
        return list(session.scalars(entries.order_by(AuditEntry.clinic_id, AuditEntry.seq)))


def record_of(world: World, clinic_id: UUID) -> list[AuditEntry]:
    """Return the whole record of a clinic."""
    with world.transaction() as session:
        entries = select(AuditEntry).where(AuditEntry.clinic_id == clinic_id).order_by(AuditEntry.seq)
        return list(session.scalars(entries))


def actions_of(entries: list[AuditEntry]) -> list[str]:
    return [entry.action for entry in entries]
