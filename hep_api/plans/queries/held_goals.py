"""The goals of a plan as a phone shows them, read in the statement that reads the plan."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hep_api.plans.goals import Direction, direction_of, is_met, progress_of
from hep_api.plans.models.goals import GoalState, GoalValue, PlanGoal
from hep_api.plans.models.plans import Plan

SAID = ("text", "measure", "unit", "start_value", "target_value", "target_on")
SETTLED = ("state", "outcome_on", "outcome_value", "outcome_note")


@dataclass(frozen=True, slots=True)
class HeldGoal:
    """A goal with its latest value, and what became of it; numbers in the goal's unit."""

    id: UUID
    text: str
    measure: str | None
    unit: str | None
    start_value: float | None
    target_value: float | None
    target_on: date | None
    direction: Direction | None
    latest_value: float | None
    latest_on: date | None
    progress: float | None
    target_met: bool | None
    state: GoalState
    outcome_on: date | None
    outcome_value: float | None
    outcome_note: str | None
    version: int


@cache
def goals_of_plan() -> ColumnElement[Any]:
    """Return the column of a `Plan`'s goals in their order, without those withdrawn, for `goals_from`. Made once."""
    latest = (
        select(func.json_build_array(GoalValue.value, GoalValue.measured_on))
        .where(GoalValue.clinic_id == PlanGoal.clinic_id, GoalValue.goal_id == PlanGoal.id)
        .order_by(GoalValue.measured_on.desc(), GoalValue.recorded_at.desc(), GoalValue.id.desc())
        .limit(1)
        .correlate(PlanGoal)
        .scalar_subquery()
    )
    columns = [getattr(PlanGoal, name) for name in ("id", *SAID, *SETTLED, "version")]
    goal = func.json_build_array(*columns, latest)
    return (
        select(func.json_agg(aggregate_order_by(goal, PlanGoal.position)))
        .where(PlanGoal.clinic_id == Plan.clinic_id, PlanGoal.plan_id == Plan.id)
        .where(PlanGoal.state != GoalState.WITHDRAWN)
        .correlate(Plan)
        .scalar_subquery()
    )


def goals_from(found: list[list[Any]] | None) -> list[HeldGoal]:
    """Return the goals that the column held."""
    return [_goal(*row) for row in found or ()]


def _goal(*row: Any) -> HeldGoal:
    goal_id, text, measure, unit, start, target, target_on, state, outcome_on, outcome, note, version, latest = row
    start, target, outcome = map(_number, (start, target, outcome))
    value, value_on = latest or (None, None)
    value = _number(value)
    return HeldGoal(
        id=UUID(goal_id),
        text=text,
        measure=measure,
        unit=unit,
        start_value=start,
        target_value=target,
        target_on=_day(target_on),
        direction=direction_of(start, target),
        latest_value=value,
        latest_on=_day(value_on),
        progress=progress_of(value, start, target),
        target_met=is_met(value, start, target),
        state=GoalState(state),
        outcome_on=_day(outcome_on),
        outcome_value=outcome,
        outcome_note=note,
        version=version,
    )


def _number(value: float | None) -> float | None:
    """JSON leaves the point out of whole numbers."""
    return None if value is None else float(value)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
