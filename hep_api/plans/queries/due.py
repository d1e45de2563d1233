"""What is due for a patient on a local day, over all plans: the plan's half of the phone's today.

What is done of it is added by adherence, which lies above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.foundation import clock
from hep_api.plans.occurrences import PlanTerms, expected_on
from hep_api.plans.queries.patients import patient_with_policy
from hep_api.plans.timeline import VersionInForce

DATED = (ScheduleKind.DAILY, ScheduleKind.WEEKDAYS, ScheduleKind.EVERY_N_DAYS)

# Each version in force on the day in a running plan, with the pause that covers the day, if any (pauses never overlap).
# The phone asks for it all day long, and putting it together anew for each took longer than running it.
IN_FORCE = text(
    """
    SELECT plan.id AS plan_id, plan.starts_on, plan.ends_on,
           held.prescription_id, held.version, held.dose, held.schedule, held.valid_from, held.valid_to, held.anchor_on,
           prescription.exercise,
           pause.from_on AS paused_from, pause.to_on AS paused_to
      FROM plan
      JOIN prescription_version AS held
        ON held.clinic_id = plan.clinic_id AND held.plan_id = plan.id
       AND held.valid_from <= :day AND (held.valid_to IS NULL OR held.valid_to > :day)
      JOIN prescription
        ON prescription.clinic_id = held.clinic_id AND prescription.id = held.prescription_id
      LEFT JOIN plan_pause AS pause
        ON pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
       AND pause.replaced_at IS NULL AND NOT pause.withdrawn
       AND pause.from_on <= :day AND (pause.to_on IS NULL OR pause.to_on > :day)
     WHERE plan.clinic_id = :clinic_id AND plan.patient_id = :patient_id AND plan.starts_on <= :day
       AND (plan.ends_on IS NULL OR (plan.ends_on > :day AND plan.ends_on > :oldest_end))
     ORDER BY plan.starts_on, plan.id, held.position
    """
)


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
    scope = {"clinic_id": patient.clinic_id, "patient_id": patient.id, "day": asked, "oldest_end": oldest_end}
    rows = session.execute(IN_FORCE, scope)
    return DueDay(patient.id, asked, today, [_item(row, asked) for row in rows])


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
