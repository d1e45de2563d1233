"""Background doors of the library. Each may run twice and does nothing the second time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.library.actions import media, preparing, sweeping


def prepare_asset(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Make what is kept of what was sent, and remove what was sent."""
    # While files are copied and FFmpeg works the transaction does nothing; the job has a time limit of its own.
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))
    preparing.prepare_asset(session, UUID(payload["clinic_id"]), UUID(payload["asset_id"]), now)


def sweep_media(session: Session, _: Mapping[str, Any], now: datetime) -> None:
    """Remove uploads that were not gone on with, what never arrived, and archived media that nobody uses."""
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))
    sweeping.sweep_media(session, now)


SWEEP = "library.sweep_media"
JOBS: Mapping[str, Handler] = {media.PREPARE: prepare_asset, SWEEP: sweep_media}
RECURRING: Mapping[str, timedelta] = {SWEEP: timedelta(days=1)}
