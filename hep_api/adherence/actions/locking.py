"""The patient's row lock: whoever adds events or counts anew holds it, so that no count misses what another writes.

Doors read the clock once they hold it. So who holds it now sees all that came in by now, and what waits comes in later.
FOR NO KEY UPDATE: it does not stand in the way of rows that merely refer to the patient.
"""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.access import is_theirs, note_patient
from hep_api.clinics.models import Clinic, Patient
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
    row = session.execute(
        select(Patient.clinic_id, Patient.id, Clinic.events_accepted_days_back, Clinic.version)
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(is_theirs(viewer), Patient.id == patient_id)
        .with_for_update(of=Patient, key_share=True)
    ).one_or_none()
    if row is None:
        raise not_found("patient")
    note_patient(session, viewer, patient_id)
    return LockedPatient(*row)


def lock_patient(session: Session, clinic_id: UUID, patient_id: UUID) -> tuple[str, time]:
    """Lock a patient on behalf of the product itself; return the zone and when the patient's day starts."""
    row = session.execute(
        select(Patient.zone, Patient.day_starts_at)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
        .with_for_update(key_share=True)
    ).one()
    return row.zone, row.day_starts_at
