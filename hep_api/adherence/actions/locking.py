"""The patient's row lock: whoever adds events or counts anew holds it, so that no count misses what another writes.

Doors read the clock once they hold it. So who holds it now sees all that came in by now, and what waits comes in later.
FOR NO KEY UPDATE: it does not stand in the way of rows that merely refer to the patient.
"""

from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.access import is_theirs, note_patient
from hep_api.clinics.models import Clinic, Patient
from hep_api.clinics.written import anyone_of, later, written
from hep_api.foundation.database import run
from hep_api.foundation.errors import not_found


@dataclass(frozen=True, slots=True)
class LockedPatient:
    """A patient whose row is locked until the commit; for how many days back the clinic takes events, and the version
    of its settings.
    """

    clinic_id: UUID
    id: UUID
    days_back: int
    clinic_version: int


def lock_patient_for(session: Session, viewer: Viewer, patient_id: UUID) -> LockedPatient:
    """Lock a patient for whom the viewer may report; 404 otherwise."""
    statement, fixed = _locking(viewer.role, viewer.managers_may_read_records)
    asked = {"clinic_id": viewer.clinic_id, "member_id": viewer.member_id, "patient_id": patient_id}
    row = run(session, statement, {**fixed, **asked}).one_or_none()
    if row is None:
        raise not_found("patient")
    note_patient(session, viewer, patient_id)
    return LockedPatient(row.clinic_id, row.id, row.events_accepted_days_back, row.version)


@cache
def _locking(role: Role, managers_may_read_records: bool) -> tuple[str, dict[str, Any]]:  # noqa: FBT001 - a key
    """Return the statement that locks a patient for viewers of a role."""
    somebody = anyone_of(role, managers_may_read_records=managers_may_read_records)
    return written(
        select(Patient.clinic_id, Patient.id, Clinic.events_accepted_days_back, Clinic.version)
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(is_theirs(somebody), Patient.id == later("patient_id"))
        .with_for_update(of=Patient, key_share=True)
    )


def lock_patient(session: Session, clinic_id: UUID, patient_id: UUID) -> tuple[str, time]:
    """Lock a patient on behalf of the product itself; return the zone and when the patient's day starts."""
    row = session.execute(
        select(Patient.zone, Patient.day_starts_at)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
        .with_for_update(key_share=True)
    ).one()
    return row.zone, row.day_starts_at
