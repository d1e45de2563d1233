"""Background doors of the attention list: one patient whose facts changed, and every hour everybody, as time passes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.database import part_of
from hep_api.foundation.jobs.deadlines import TookTooLong
from hep_api.foundation.jobs.work import Handler
from hep_api.insights.actions import asking, reviewing

PATIENTS_AT_A_TIME = 200

log = structlog.get_logger()


def review_patient(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Judge the rules for one patient, or for several for whom something came about at once."""
    patient_ids = payload["patient_ids"] if "patient_ids" in payload else [payload["patient_id"]]
    reviewing.review(session, UUID(payload["clinic_id"]), [UUID(each) for each in patient_ids], now)


def sweep_attention(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Judge the rules for a block of a clinic's patients, and add the job for the next block.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" not in payload:
        for clinic_id in session.scalars(select(Clinic.id).order_by(Clinic.id)):
            asking.ask_sweep(session, clinic_id, None, now)
        return
    clinic_id, after = UUID(payload["clinic_id"]), payload.get("after")
    patients = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.erased_at.is_(None))
    if after is not None:
        patients = patients.where(Patient.id > UUID(after))
    block = session.scalars(patients.order_by(Patient.id).limit(PATIENTS_AT_A_TIME)).all()
    if len(block) == PATIENTS_AT_A_TIME:
        asking.ask_sweep(session, clinic_id, block[-1], now)
    _review_block(session, clinic_id, block, now)


def _review_block(session: Session, clinic_id: UUID, block: Sequence[UUID], now: datetime) -> None:
    """Judge a block at once, and when that fails one by one: who cannot be judged keeps nobody else from it."""
    if _reviewed(session, clinic_id, block, now) or len(block) == 1:
        return
    for patient_id in block:
        _reviewed(session, clinic_id, [patient_id], now)


def _reviewed(session: Session, clinic_id: UUID, patients: Sequence[UUID], now: datetime) -> bool:
    """Judge patients and tell whether it was done, saying in the log of one alone who it was.

    What the database cannot do at the moment, or not in the job's time, fails the job, which is tried again.
    """
    failed = None
    try:
        with part_of(session):
            reviewing.review(session, clinic_id, patients, now)
    except (OperationalError, TookTooLong):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are judged all the same
        failed = type(error).__name__
    if failed is not None:
        who = {"patient_id": str(patients[0])} if len(patients) == 1 else {"patients": len(patients)}
        log.error("attention_not_judged", clinic_id=str(clinic_id), error_type=failed, **who)
    return failed is None


JOBS: Mapping[str, Handler] = {asking.REVIEW: review_patient, asking.SWEEP: sweep_attention}
RECURRING: Mapping[str, timedelta] = {asking.SWEEP: timedelta(hours=1)}
