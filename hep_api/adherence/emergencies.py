"""What a patient is to be shown at once for what they reported. Peers know no peers, so `app.py` names who knows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from hep_api.adherence.actions.locking import LockedPatient
from hep_api.adherence.actions.record import Answer
from hep_api.adherence.judging import Outcome
from hep_api.adherence.reading import Batch
from hep_api.adherence.reports import Report

THERE = (Outcome.APPLIED, Outcome.DUPLICATE)


class Emergency(Protocol):
    """The clinic's emergency text in the patient's language, and the number to call, None where it has named none."""

    @property
    def text(self) -> str: ...
    @property
    def line(self) -> str | None: ...


# (session, clinic_id, version of the clinic's settings, patient_id, events with their pain, now) -> what to show.
Find = Callable[[Session, UUID, int, UUID, Sequence[tuple[UUID, int]], datetime], Emergency | None]


def find_emergency(
    session: Session, patient: LockedPatient, batch: Batch, answers: Sequence[Answer], now: datetime
) -> Emergency | None:
    """Return what to show for events that are recorded now, or were when the answer to them was lost."""
    felt = [
        (report.id, report.pain)
        for report, answer in zip(batch.read, answers, strict=True)
        if isinstance(report, Report) and report.pain is not None and answer.outcome in THERE
    ]
    if not felt:
        return None
    find: Find = current_app.extensions["hep_emergencies"]
    return find(session, patient.clinic_id, patient.clinic_version, patient.id, felt, now)
