"""Reads of plans, each scoped by the viewer: one that they may not see is one that does not exist."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics import access
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.plans.models.plans import Plan


@dataclass(frozen=True, slots=True)
class PlanInCare:
    """A plan with its patient and the clinic's setting of how long an ended plan's exercises stay readable."""

    plan: Plan
    patient: Patient
    readable_days: int

    def today(self, now: datetime) -> date:
        """Return the patient's local date."""
        return clock.local_date(now, self.patient.zone, self.patient.day_starts_at)


def plan_for(session: Session, viewer: Viewer, plan_id: UUID) -> PlanInCare:
    """Return a plan that the viewer may see; 404 otherwise."""
    return _one(session, viewer, _plans(viewer).where(Plan.id == plan_id))


def plan_to_change(session: Session, viewer: Viewer, plan_id: UUID) -> PlanInCare:
    """Return a plan that the viewer may change, with its row locked until the commit; 404 otherwise.

    A leader who may read records by policy still does not treat.
    """
    if viewer.role is not Role.PRACTITIONER:
        raise not_found("plan")
    theirs = _plans(viewer).where(access.is_theirs(viewer), Plan.id == plan_id)
    locked = theirs.with_for_update(of=Plan, key_share=True)
    return _one(session, viewer, locked)


def plan_to_take_part_in(session: Session, viewer: Viewer, plan_id: UUID) -> PlanInCare:
    """Return a plan to which the viewer adds as its patient or as one of the care team, its row locked; else 404."""
    if viewer.role not in (Role.PATIENT, Role.PRACTITIONER):
        raise not_found("plan")
    theirs = _plans(viewer).where(access.is_theirs(viewer), Plan.id == plan_id)
    return _one(session, viewer, theirs.with_for_update(of=Plan, key_share=True))


def list_plans_for(
    session: Session, viewer: Viewer, patient_id: UUID, limit: int, cursor: str | None
) -> pages.Page[Plan]:
    """Return a patient's plans, the one started last first; 404 when the viewer may not see the patient."""
    patient = access.patient_for(session, viewer, patient_id)
    query = select(Plan).where(Plan.clinic_id == patient.clinic_id, Plan.patient_id == patient.id)
    key = tuple_(Plan.started_at, Plan.id)
    before = pages.decode(cursor, datetime, UUID)
    if before:
        query = query.where(key < tuple_(*before))
    rows = session.scalars(query.order_by(Plan.started_at.desc(), Plan.id.desc()).limit(limit + 1)).all()
    return pages.cut(rows, limit, lambda plan: [plan.started_at, plan.id])


def refuse_unreadable(viewer: Viewer, found: PlanInCare, now: datetime) -> None:
    """Refuse a patient the exercises of a plan that ended too long ago: so many days as the clinic has set."""
    ends_on = found.plan.ends_on
    if viewer.role is not Role.PATIENT or ends_on is None:
        return
    if ends_on <= found.today(now) - timedelta(days=found.readable_days):
        raise not_found("plan")


def _plans(viewer: Viewer) -> Select[Plan, Patient, int]:
    return (
        select(Plan, Patient, Clinic.ended_plan_readable_days)
        .join(Patient, (Patient.clinic_id == Plan.clinic_id) & (Patient.id == Plan.patient_id))
        .join(Clinic, Clinic.id == Plan.clinic_id)
        .where(Plan.clinic_id == viewer.clinic_id, access.may_see_patient(viewer))
    )


def _one(session: Session, viewer: Viewer, query: Select[Plan, Patient, int]) -> PlanInCare:
    row = session.execute(query).one_or_none()
    if row is None:
        raise not_found("plan")
    access.note_patient(session, viewer, row.Patient.id)
    return PlanInCare(*row)
