"""What plans hold over a stretch of days, as the rules take it, in two statements however many plans: the plans with
their pauses, and their versions, each prescription's exercise once.

Not scoped by a viewer: for reads that have let the viewer through to the patient or the plan already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.plans.models.plans import Plan, PlanPause
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.timeline import VersionInForce

# Exercises as text: they are most of what is read. A date that is None bounds nothing.
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
    """A plan with the terms that decide what it expects; `more` holds the values of further columns asked for."""

    plan: Plan
    terms: PlanTerms
    more: tuple[Any, ...] = ()


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
    *conditions: ColumnElement[bool],
    more: Sequence[ColumnElement[Any]] = (),
    values: Mapping[str, Any] | None = None,
) -> list[HeldPlan]:
    """Return the plans that meet the conditions, by their start, with what further columns hold beside each.

    `values` are for the places that these columns leave open.
    """
    spans = func.json_build_array(PlanPause.from_on, PlanPause.to_on)
    pauses = (
        select(func.json_agg(spans))
        .where(PlanPause.clinic_id == Plan.clinic_id, PlanPause.plan_id == Plan.id)
        .where(PlanPause.replaced_at.is_(None), PlanPause.withdrawn.is_(False))
        .correlate(Plan)
        .scalar_subquery()
    )
    query = select(Plan, pauses, *more).where(*conditions).order_by(Plan.starts_on, Plan.id)
    return [
        HeldPlan(plan, PlanTerms(plan.starts_on, plan.ends_on, _spans(found)), tuple(others))
        for plan, found, *others in session.execute(query, values)
    ]


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


def _spans(pauses: Sequence[tuple[str, str | None]] | None) -> tuple[tuple[date, date | None], ...]:
    """Return the pauses by their start."""
    found = sorted(pauses or (), key=lambda span: span[0])
    return tuple((date.fromisoformat(start), None if end is None else date.fromisoformat(end)) for start, end in found)
