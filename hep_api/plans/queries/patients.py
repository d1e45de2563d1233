"""The patient behind a read of plans, scoped by the viewer, with the clinic's setting on ended plans."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation.errors import not_found


def patient_with_policy(session: Session, viewer: Viewer, patient_id: UUID) -> tuple[Patient, int]:
    """Return the patient, and for how many days after its end a plan stays readable; 404 when not theirs to see."""
    row = session.execute(
        select(Patient, Clinic.ended_plan_readable_days)
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(access.may_see_patient(viewer), Patient.id == patient_id)
    ).one_or_none()
    if row is None:
        raise not_found("patient")
    access.note_patient(session, viewer, patient_id)
    return row[0], row[1]
