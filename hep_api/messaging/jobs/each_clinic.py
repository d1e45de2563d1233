"""A sweep is one job for each clinic: a failure in one, or its many rows, keeps no other waiting or rolled back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic
from hep_api.foundation.jobs import queue


def add_for_each_clinic(session: Session, kind: str, now: datetime, *, priority: int = 0) -> None:
    """Add a job of this kind for each clinic, with its id as `clinic_id`, unless one of the clinic's waits."""
    for clinic_id in session.scalars(select(Clinic.id).order_by(Clinic.id)):
        key = str(clinic_id)
        queue.enqueue(
            session, kind, {"clinic_id": key}, now=now, clinic_id=clinic_id, dedupe_key=key, priority=priority
        )
