"""Single prescriptions, for those who point at one: an anchor of a message, an event."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import not_found
from hep_api.plans.models import Plan, Prescription


def prescription_for(session: Session, viewer: Viewer, prescription_id: UUID) -> Prescription:
    """Return a prescription of a patient whom the viewer may see; 404 otherwise."""
    prescription = session.scalar(
        select(Prescription)
        .join(Plan, (Plan.clinic_id == Prescription.clinic_id) & (Plan.id == Prescription.plan_id))
        .join(Patient, (Patient.clinic_id == Plan.clinic_id) & (Patient.id == Plan.patient_id))
        .where(
            Prescription.clinic_id == viewer.clinic_id,
            Prescription.id == prescription_id,
            access.may_see_patient(viewer),
        )
    )
    if prescription is None:
        raise not_found("prescription")
    return prescription


def prescription_belongs(session: Session, clinic_id: UUID, patient_id: UUID, prescription_id: UUID) -> bool:
    """Say whether a prescription is this patient's; not scoped, for those who let the viewer through already."""
    of_patient = exists().where(
        Prescription.clinic_id == clinic_id,
        Prescription.id == prescription_id,
        Plan.clinic_id == Prescription.clinic_id,
        Plan.id == Prescription.plan_id,
        Plan.patient_id == patient_id,
    )
    return bool(session.scalar(select(of_patient)))
