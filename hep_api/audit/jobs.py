"""Background door of the audit: each day its heads go into the log, which is kept elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from hep_api.audit import heads
from hep_api.audit.chain import Link
from hep_api.audit.heads import Chain
from hep_api.foundation.database import after_commit

LOG_HEADS = "audit.log_heads"

log = structlog.get_logger(__name__)


def log_heads(session: Session, _: Mapping[str, Any], _now: datetime) -> None:
    """Log every chain's head, once this job is marked as done: that writes, so the disk has them."""
    for chain in heads.list_chains(session):
        _log_after_commit(session, chain, heads.head_of(session, chain))


def _log_after_commit(session: Session, chain: Chain, link: Link) -> None:
    head = str(link)
    after_commit(session, lambda: log.info("audit_head", clinic_id=str(chain.clinic_id), audit_head=head))
