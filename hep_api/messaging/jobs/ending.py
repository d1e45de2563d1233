"""Every hour: which conversations end or go on, as plans' last dates have passed or a clinic's policy has changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.jobs import queue
from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.actions import ending

SWEEP = "messaging.sweep_ended_plans"
PATIENTS_AT_A_TIME = 200


def sweep_ended_plans(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Look at a block of a clinic's patients, and add the job for the next block.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" not in payload:
        for clinic_id in session.scalars(select(Clinic.id).order_by(Clinic.id)):
            _ask(session, clinic_id, None, now)
        return
    clinic_id, after = UUID(payload["clinic_id"]), payload.get("after")
    patients = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.erased_at.is_(None))
    if after is not None:
        patients = patients.where(Patient.id > UUID(after))
    block = session.scalars(patients.order_by(Patient.id).limit(PATIENTS_AT_A_TIME)).all()
    if len(block) == PATIENTS_AT_A_TIME:
        _ask(session, clinic_id, block[-1], now)
    ending.settle(session, clinic_id, block, now)


def _ask(session: Session, clinic_id: UUID, after: UUID | None, now: datetime) -> None:
    payload = {"clinic_id": str(clinic_id)} | ({"after": str(after)} if after else {})
    queue.enqueue(session, SWEEP, payload, now=now, clinic_id=clinic_id, dedupe_key=f"{clinic_id}:{after or ''}")


JOBS: Mapping[str, Handler] = {SWEEP: sweep_ended_plans}
RECURRING: Mapping[str, timedelta] = {SWEEP: timedelta(hours=1)}
