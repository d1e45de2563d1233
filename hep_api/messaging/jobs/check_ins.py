"""Background doors of check-ins: asking what is due, when it is due, and once an hour whoever was overlooked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.actions import asking_check_ins, check_in_rules
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic

TEND = "messaging.tend_check_ins"


def ask_due_check_ins(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask what is due in a clinic, and add the job for when anything is due next."""
    asking_check_ins.ask_due(session, UUID(payload["clinic_id"]), now)


def tend_check_ins(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Let a clinic's rules know patients who came in while a rule was made, and wake what should have been awake.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        check_in_rules.tend(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, TEND, now)


JOBS: Mapping[str, Handler] = {check_in_rules.ASK_DUE: ask_due_check_ins, TEND: tend_check_ins}
RECURRING: Mapping[str, timedelta] = {TEND: timedelta(hours=1)}
