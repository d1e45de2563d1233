"""Background doors of red flags: the end of one turn, and a sweep for turns whose job was lost or given up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.actions import passing_on
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic

SWEEP = "messaging.sweep_flags"


def pass_on_flag(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Pass a flag on to the next, unless somebody has acknowledged it or it has passed on already."""
    passing_on.pass_on(session, UUID(payload["clinic_id"]), UUID(payload["flag_id"]), payload["passes"], now)


def sweep_flags(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Add the job of every turn of a clinic's that should be over: after a restored backup there may be none, and jobs
    that fail for hours are given up.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        passing_on.take_up_again(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, SWEEP, now, priority=passing_on.FIRST)


JOBS: Mapping[str, Handler] = {passing_on.NEXT_TURN: pass_on_flag, SWEEP: sweep_flags}
RECURRING: Mapping[str, timedelta] = {SWEEP: timedelta(minutes=10)}
