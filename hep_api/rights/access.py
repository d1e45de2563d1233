"""Who may have a patient's data exported, and who sees a wish to be erased."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.models import CareTeamPlace, Patient
from hep_api.foundation.errors import not_found, role_may_not
from hep_api.rights.models import Erasure


def patient_to_export(session: Session, viewer: Viewer, patient_id: UUID, what: str = "patient") -> Patient:
    """Return the patient whose data the viewer may have exported; 404 otherwise, for what was asked for.

    That is the patient; the practitioner who leads the care team; the clinic's leaders where its policy lets them read
    records. 403 for the others of the care team: they see the record, and take none of it along. Emergency access does
    not count.
    """
    patient = session.scalar(select(Patient).where(access.is_theirs(viewer), Patient.id == patient_id))
    if patient is None:
        raise not_found(what)
    access.note_patient(session, viewer, patient_id)
    if viewer.role is Role.PRACTITIONER and not _leads(session, viewer, patient_id):
        raise role_may_not()
    return patient


def may_see_erasure(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Erasure`: leaders see those of their clinic, others what they asked or is about them."""
    of_clinic = Erasure.clinic_id == viewer.clinic_id
    if viewer.leads:
        return of_clinic
    return of_clinic & ((Erasure.patient_id == viewer.member_id) | (Erasure.asked_by == viewer.member_id))


def _leads(session: Session, viewer: Viewer, patient_id: UUID) -> bool:
    lead = exists().where(
        CareTeamPlace.clinic_id == viewer.clinic_id,
        CareTeamPlace.patient_id == patient_id,
        CareTeamPlace.member_id == viewer.member_id,
        CareTeamPlace.left_at.is_(None),
        CareTeamPlace.is_lead,
    )
    return bool(session.scalar(select(lead)))
