"""Reads the record from above the wall, and forges it, as somebody can who runs the database."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hep_api.audit import chain
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


def forge(session: Session, entries: list[AuditEntry], **values: Any) -> None:
    """Write these values into rows that follow each other to the end of a chain, and chain them anew."""
    before = entries[0].previous_hash
    for entry in map(session.merge, entries):
        for name, value in values.items():
            setattr(entry, name, value)
        entry.previous_hash = before
        fields = [getattr(entry, name) for name in chain.HASHED]
        assert entry.subject is None, "forging it would need its text as PostgreSQL writes it"
        entry.hash = before = chain.hash_of(before, fields)
