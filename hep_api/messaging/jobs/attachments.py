"""Background doors of attachments. Each may run twice and does nothing the second time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.actions import attachments, preparing_attachments, sweeping_attachments
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic


def prepare_attachment(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Scan what was sent, make of it what is kept, and tell those who wait for it."""
    _stand_still_for_files(session)
    preparing_attachments.prepare_attachment(session, UUID(payload["clinic_id"]), UUID(payload["attachment_id"]), now)


def put_away(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Move the files of a withdrawn message to where no link leads."""
    _stand_still_for_files(session)
    conversation_id, seq = UUID(payload["conversation_id"]), int(payload["seq"])
    preparing_attachments.put_away(session, UUID(payload["clinic_id"]), conversation_id, seq, now)


def sweep_attachments(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Remove files of a clinic's that no message came for, and look again at what should be ready by now.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        _stand_still_for_files(session)
        sweeping_attachments.sweep_attachments(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, SWEEP, now)


def _stand_still_for_files(session: Session) -> None:
    # While files are copied and programs work the transaction does nothing; the job has a time limit of its own.
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))


SWEEP = "messaging.sweep_attachments"
JOBS: Mapping[str, Handler] = {
    attachments.PREPARE: prepare_attachment,
    attachments.PUT_AWAY: put_away,
    SWEEP: sweep_attachments,
}
RECURRING: Mapping[str, timedelta] = {SWEEP: timedelta(days=1)}
