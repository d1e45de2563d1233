"""Background doors of clinics: covers that begin and end at their time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.clinics.actions import cover
from hep_api.foundation.jobs.work import Handler


def begin_cover(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Let a colleague have the places of somebody who is absent from now on."""
    cover.begin(session, UUID(payload["clinic_id"]), UUID(payload["cover_id"]), now)


def finish_cover(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Write down and tell that a cover's time is over; the places ended by themselves."""
    cover.finish(session, UUID(payload["clinic_id"]), UUID(payload["cover_id"]), now)


JOBS: Mapping[str, Handler] = {cover.BEGIN: begin_cover, cover.FINISH: finish_cover}
