"""Background doors of reminders: reminding whom it is time for, and once an hour whoever was overlooked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic
from hep_api.notifications.actions import looking, reminding

TEND = "notifications.tend_reminders"


def remind_due(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Remind whom it is time for in a clinic, and add the job for when it is time next."""
    reminding.remind_due(session, UUID(payload["clinic_id"]), now, payload["part"])


def tend_reminders(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Take in patients who were overlooked, wake what should be awake, and forget what was reminded of long ago.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        looking.tend(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, TEND, now)


JOBS: Mapping[str, Handler] = {looking.REMIND: remind_due, TEND: tend_reminders}
RECURRING: Mapping[str, timedelta] = {TEND: timedelta(hours=1)}
