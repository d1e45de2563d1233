"""What is due for a patient on a local day, over all plans: the plan's half of the phone's today.

What is done of it is added by adherence, which lies above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.plans.dose import Dose
from hep_api.plans.models import Plan, PlanPause, Prescription, PrescriptionVersion
from hep_api.plans.occurrences import PlanTerms, expected_on
from hep_api.plans.queries.patients import patient_with_policy
from hep_api.plans.schedule import Schedule, ScheduleKind
from hep_api.plans.timeline import VersionInForce

DATED = (ScheduleKind.DAILY, ScheduleKind.WEEKDAYS, ScheduleKind.EVERY_N_DAYS)


@dataclass(frozen=True, slots=True)
class DueItem:
    """A prescription in force on the day. `expected` doings in `slots` are due; `rest`: its schedule skips the day.

    A quota or as_needed one is neither due nor at rest: the patient chooses. `paused` is the plan's.
    """

    plan_id: UUID
    prescription_id: UUID
    version: int
    exercise: dict[str, Any]
    dose: dict[str, Any]
    schedule: dict[str, Any]
    valid_from: date
    valid_to: date | None
    anchor_on: date
    expected: int
    slots: Sequence[int]
    due: bool
    rest: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class DueDay:
    """All that the running plans ask of a patient on `day`, in the order of plan and revision."""

    patient_id: UUID
    day: date
    today: date
    items: Sequence[DueItem]


def due_on(session: Session, viewer: Viewer, patient_id: UUID, day: date | None, now: datetime) -> DueDay:
    """Return what is due on `day`, None for the patient's today, in two statements; 404 as for the patient.

    A patient no longer reads the exercises of a plan that ended longer ago than the clinic allows.
    """
    patient, readable_days = patient_with_policy(session, viewer, patient_id)
    today = clock.local_date(now, patient.zone, patient.day_starts_at)
    asked = today if day is None else day
    oldest_end = today - timedelta(days=readable_days) if viewer.role is Role.PATIENT else date.min
    rows = _in_force(session, patient, asked, oldest_end)
    return DueDay(patient.id, asked, today, [_item(row, asked) for row in rows])


def _in_force(session: Session, patient: Patient, day: date, oldest_end: date) -> list[Any]:
    """Return each version in force on the day in a running plan, with the pause that covers the day, if any."""
    of_plan = (PrescriptionVersion.clinic_id == Plan.clinic_id) & (PrescriptionVersion.plan_id == Plan.id)
    holds = (PrescriptionVersion.valid_from <= day) & (
        PrescriptionVersion.valid_to.is_(None) | (PrescriptionVersion.valid_to > day)
    )
    prescribed = (Prescription.clinic_id == PrescriptionVersion.clinic_id) & (
        Prescription.id == PrescriptionVersion.prescription_id
    )
    pauses = (PlanPause.clinic_id == Plan.clinic_id) & (PlanPause.plan_id == Plan.id)
    present = PlanPause.replaced_at.is_(None) & PlanPause.withdrawn.is_(False)
    covers = (PlanPause.from_on <= day) & (PlanPause.to_on.is_(None) | (PlanPause.to_on > day))
    query = (
        select(
            Plan.id.label("plan_id"),
            Plan.starts_on,
            Plan.ends_on,
            PrescriptionVersion.prescription_id,
            PrescriptionVersion.version,
            Prescription.exercise,
            PrescriptionVersion.dose,
            PrescriptionVersion.schedule,
            PrescriptionVersion.valid_from,
            PrescriptionVersion.valid_to,
            PrescriptionVersion.anchor_on,
            PlanPause.from_on.label("paused_from"),
            PlanPause.to_on.label("paused_to"),
        )
        .join(PrescriptionVersion, of_plan & holds)
        .join(Prescription, prescribed)
        .outerjoin(PlanPause, pauses & present & covers)
        .where(
            Plan.clinic_id == patient.clinic_id,
            Plan.patient_id == patient.id,
            Plan.starts_on <= day,
            Plan.ends_on.is_(None) | ((Plan.ends_on > day) & (Plan.ends_on > oldest_end)),
        )
        .order_by(Plan.starts_on, Plan.id, PrescriptionVersion.position)
    )
    return list(session.execute(query))


def _item(row: Any, day: date) -> DueItem:
    version = VersionInForce(
        row.prescription_id,
        row.version,
        Dose.from_json(row.dose),
        Schedule.from_json(row.schedule),
        row.valid_from,
        row.valid_to,
        row.anchor_on,
    )
    paused = row.paused_from is not None
    pauses = ((row.paused_from, row.paused_to),) if paused else ()
    expected = expected_on(version, PlanTerms(row.starts_on, row.ends_on, pauses), day)
    return DueItem(
        plan_id=row.plan_id,
        prescription_id=row.prescription_id,
        version=row.version,
        exercise=row.exercise,
        dose=row.dose,
        schedule=row.schedule,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        anchor_on=row.anchor_on,
        expected=expected,
        slots=range(1, expected + 1),
        due=expected > 0,
        rest=not paused and expected == 0 and version.schedule.kind in DATED,
        paused=paused,
    )
