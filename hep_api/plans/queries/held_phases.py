"""What a plan's revisions say beside their exercises, from today on, read in the statement that reads the plan."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from hep_api.plans.models.plans import Plan
from hep_api.plans.models.revisions import PlanRevision

Later = aliased(PlanRevision)
TODAY = bindparam("today", type_=Date())


@dataclass(frozen=True, slots=True)
class HeldPhase:
    """A revision that holds now or will, its phase's name and what is said to the patient with it; both may be ""."""

    number: int
    effective_on: date
    phase_name: str
    note: str


@cache
def phases_of_plan() -> ColumnElement[Any]:
    """Return the column of a `Plan`'s revisions that hold on the day `today`, a place left open, or lie ahead of it.

    By date, and of one date the one published last. Made once.
    """
    said = func.json_build_array(
        PlanRevision.number, PlanRevision.effective_on, PlanRevision.phase_name, PlanRevision.note
    )
    return (
        select(func.json_agg(aggregate_order_by(said, PlanRevision.effective_on)))
        .where(PlanRevision.clinic_id == Plan.clinic_id, PlanRevision.plan_id == Plan.id, holds_on_or_after(TODAY))
        .correlate(Plan)
        .scalar_subquery()
    )


def holds_on_or_after(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that a `PlanRevision` holds on the day or on a later one: no other replaces it before."""
    return ~(
        select(Later.id)
        .where(Later.clinic_id == PlanRevision.clinic_id, Later.plan_id == PlanRevision.plan_id)
        .where(
            ((Later.effective_on == PlanRevision.effective_on) & (Later.number > PlanRevision.number))
            | ((Later.effective_on > PlanRevision.effective_on) & (Later.effective_on <= day))
        )
        .correlate(PlanRevision)
        .exists()
    )


def phases_from(found: list[list[Any]] | None) -> list[HeldPhase]:
    """Return the revisions that the column held."""
    return [HeldPhase(number, date.fromisoformat(day), name, note) for number, day, name, note in found or ()]
