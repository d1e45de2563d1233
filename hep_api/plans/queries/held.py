"""What plans hold over a stretch of days, as the rules take it, in two statements however many plans: the plans with
their pauses, and their versions, each prescription's exercise once.

Not scoped by a viewer: for reads that have let the viewer through to the patient or the plan already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import VersionInForce

# Without `plan_id` all of the patient's; a date that is None bounds nothing.
PLANS = text(
    """
    SELECT plan.id, plan.title, plan.goals, plan.own_why, plan.starts_on, plan.ends_on, plan.discharge_reason,
           plan.version,
           (SELECT json_agg(json_build_array(pause.from_on, pause.to_on) ORDER BY pause.from_on)::text
              FROM plan_pause AS pause
             WHERE pause.clinic_id = plan.clinic_id AND pause.plan_id = plan.id
               AND pause.replaced_at IS NULL AND NOT pause.withdrawn) AS pauses
      FROM plan
     WHERE plan.clinic_id = :clinic_id AND plan.patient_id = :patient_id
       AND (cast(:plan_id AS uuid) IS NULL OR plan.id = :plan_id)
       AND (plan.ends_on IS NULL OR plan.ends_on > :ended_after)
       AND (cast(:last AS date) IS NULL OR plan.starts_on <= :last)
     ORDER BY plan.starts_on, plan.id
    """
)
# Exercises as text: most of what is read, and what is only handed on need not be taken apart.
VERSIONS = text(
    """
    SELECT held.plan_id, held.prescription_id, held.version, held.position, held.dose, held.schedule,
           held.valid_from, held.valid_to, held.anchor_on,
           CASE WHEN held.id = first_value(held.id) OVER (PARTITION BY held.prescription_id ORDER BY held.valid_from)
                THEN prescription.exercise::text END AS exercise
      FROM prescription_version AS held
      JOIN prescription ON prescription.clinic_id = held.clinic_id AND prescription.id = held.prescription_id
     WHERE held.clinic_id = :clinic_id AND held.plan_id = ANY (:plan_ids)
       AND (cast(:first AS date) IS NULL OR held.valid_to IS NULL OR held.valid_to > :first)
       AND (cast(:last AS date) IS NULL OR held.valid_from <= :last)
     ORDER BY held.position, held.prescription_id, held.valid_from
    """
)


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """A plan with the terms that decide what it expects; `words` are its own fields, as its row has them."""

    id: UUID
    terms: PlanTerms
    words: Any


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version with its place in the plan, its dose and schedule also as stored.

    `exercise` is the prescription's exercise as stored, in the first of its versions and None in the others.
    """

    plan_id: UUID
    version: VersionInForce
    position: int
    dose: dict[str, Any]
    schedule: dict[str, Any]
    exercise: dict[str, Any] | None


def plans_held(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    *,
    ended_after: date,
    last: date | None = None,
    plan_id: UUID | None = None,
) -> list[HeldPlan]:
    """Return the plans that begin no later than `last` and end after `ended_after`, or never, by their start."""
    scope = {"clinic_id": clinic_id, "patient_id": patient_id, "plan_id": plan_id}
    rows = session.execute(PLANS, {**scope, "ended_after": ended_after, "last": last})
    return [HeldPlan(row.id, PlanTerms(row.starts_on, row.ends_on, _spans(row.pauses)), row) for row in rows]


def versions_held(
    session: Session,
    clinic_id: UUID,
    plan_ids: Collection[UUID],
    *,
    first: date | None = None,
    last: date | None = None,
) -> list[HeldVersion]:
    """Return the versions in force on any day from `first` to `last`, by position, each prescription's by date."""
    scope = {"clinic_id": clinic_id, "plan_ids": list(plan_ids), "first": first, "last": last}
    return [_held(row) for row in session.execute(VERSIONS, scope)]


def _held(row: Any) -> HeldVersion:
    version = VersionInForce(
        row.prescription_id,
        row.version,
        Dose.from_json(row.dose),
        Schedule.from_json(row.schedule),
        row.valid_from,
        row.valid_to,
        row.anchor_on,
    )
    exercise = None if row.exercise is None else orjson.loads(row.exercise)
    return HeldVersion(row.plan_id, version, row.position, row.dose, row.schedule, exercise)


def _spans(pauses: str | None) -> tuple[tuple[date, date | None], ...]:
    found: Sequence[tuple[str, str | None]] = orjson.loads(pauses) if pauses else ()
    return tuple((date.fromisoformat(start), None if end is None else date.fromisoformat(end)) for start, end in found)
