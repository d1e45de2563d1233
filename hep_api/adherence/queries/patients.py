"""The patient behind a read of figures, scoped by the viewer, with the clinic's thresholds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.groups import Thresholds
from hep_api.clinics.access import may_see_patient, note_patient
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.plans.models.plans import Plan, PlanEnd
from hep_api.plans.models.revisions import Prescription


@dataclass(frozen=True, slots=True)
class Measured:
    """A patient whose figures the viewer may see.

    `plan` is the plan asked for, or that of the prescription asked for, if one was: (id, starts, ends).
    """

    clinic_id: UUID
    patient_id: UUID
    zone: str
    day_starts_at: time
    thresholds: Thresholds
    plan: tuple[UUID, date, date | None] | None = None
    prescription_id: UUID | None = None

    @property
    def plan_dates(self) -> tuple[date, date | None] | None:
        return None if self.plan is None else self.plan[1:]

    def last_closed(self, at: datetime) -> date:
        return clock.last_closed_day(at, self.zone, self.day_starts_at)

    def today(self, at: datetime) -> date:
        """Return the day after the last closed one."""
        return self.last_closed(at) + timedelta(days=1)


def thresholds_of(on_track_from: Decimal, watch_from: Decimal) -> Thresholds:
    return Thresholds(Fraction(on_track_from), Fraction(watch_from))


def measured_patient(session: Session, viewer: Viewer, patient_id: UUID) -> Measured:
    """Return the patient; 404 when the viewer may not see the record."""
    row = session.execute(_patients(viewer).where(Patient.id == patient_id)).one_or_none()
    if row is None:
        raise not_found("patient")
    note_patient(session, viewer, patient_id)
    return _measured(row)


def measured_plan(session: Session, viewer: Viewer, plan_id: UUID, known_at: datetime | None) -> Measured:
    """Return the patient of a plan, with the plan and its end as known then; 404 when not theirs to see."""
    row = session.execute(_plans(viewer, known_at).where(Plan.id == plan_id)).one_or_none()
    if row is None:
        raise not_found("plan")
    note_patient(session, viewer, row.id)
    return _measured(row, (row.plan_id, row.starts_on, row.ends_on))


def measured_prescription(
    session: Session, viewer: Viewer, prescription_id: UUID, known_at: datetime | None
) -> Measured:
    """Return the patient of a prescription, with its plan as known then; 404 when not theirs to see."""
    row = session.execute(
        _plans(viewer, known_at)
        .join(Prescription, (Prescription.clinic_id == Plan.clinic_id) & (Prescription.plan_id == Plan.id))
        .where(Prescription.id == prescription_id)
    ).one_or_none()
    if row is None:
        raise not_found("prescription")
    note_patient(session, viewer, row.id)
    return _measured(row, (row.plan_id, row.starts_on, row.ends_on), prescription_id)


def _plans(viewer: Viewer, known_at: datetime | None) -> Select[*tuple[Any, ...]]:
    return (
        _patients(viewer)
        .add_columns(Plan.id.label("plan_id"), Plan.starts_on, _end_as_known(known_at).label("ends_on"))
        .join(Plan, (Plan.clinic_id == Patient.clinic_id) & (Plan.patient_id == Patient.id))
    )


def _end_as_known(known_at: datetime | None) -> Any:
    if known_at is None:
        return Plan.ends_on
    return (
        select(PlanEnd.ends_on)
        .where(PlanEnd.clinic_id == Plan.clinic_id, PlanEnd.plan_id == Plan.id, PlanEnd.recorded_at <= known_at)
        .order_by(PlanEnd.change.desc())
        .limit(1)
        .scalar_subquery()
    )


def _patients(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Patient.clinic_id,
            Patient.id,
            Patient.zone,
            Patient.day_starts_at,
            Clinic.on_track_from,
            Clinic.watch_from,
        )
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(may_see_patient(viewer))
    )


def _measured(
    row: Any, plan: tuple[UUID, date, date | None] | None = None, prescription_id: UUID | None = None
) -> Measured:
    thresholds = thresholds_of(row.on_track_from, row.watch_from)
    return Measured(row.clinic_id, row.id, row.zone, row.day_starts_at, thresholds, plan, prescription_id)
