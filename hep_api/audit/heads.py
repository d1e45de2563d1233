"""Heads: the last row of each chain, to be kept where whoever runs the database cannot reach them.

A head may be shown only when the disk has it, or its loss would accuse the innocent: reads of patients commit without
waiting (docs/audit.md). So heads are read first, then something is written; when that is committed, they are there too.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hep_api.audit.chain import START, Link
from hep_api.audit.models import AuditEntry
from hep_api.foundation.tenancy import NOBODYS, acting_for

# The installation's own chain; no clinic can be called so.
INSTALLATION = "-"
CLINICS = text("SELECT id, slug FROM clinic ORDER BY slug")


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain by its clinic and the name that the command line has for it."""

    clinic_id: UUID
    slug: str


def list_chains(session: Session) -> list[Chain]:
    """Return every clinic's chain, and the installation's own; for a transaction that acts for no clinic."""
    return [*(Chain(row.id, row.slug) for row in session.execute(CLINICS)), Chain(NOBODYS, INSTALLATION)]


def head_of(session: Session, chain: Chain) -> Link:
    """Return the last row of a chain; good to be shown once its transaction has written something."""
    last = select(AuditEntry.seq, AuditEntry.hash, AuditEntry.at).where(AuditEntry.clinic_id == chain.clinic_id)
    with acting_for(session, chain.clinic_id):
        row = session.execute(last.order_by(AuditEntry.seq.desc()).limit(1)).one_or_none()
    return START if row is None else Link(row.seq, bytes(row.hash), row.at)
