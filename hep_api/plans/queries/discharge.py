"""The discharge from a plan: why and when it ended, in which words, and what became of its goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.errors import not_found
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import Plan, PlanEnd
from hep_api.plans.queries import goals, plans
from hep_api.plans.queries.goals import ShownGoal


@dataclass(frozen=True, slots=True)
class GoalAtDischarge:
    """A goal and what became of it: one that was open when the plan ended was not reached."""

    goal: ShownGoal
    state: GoalState


@dataclass(frozen=True, slots=True)
class Discharge:
    """The newest word on a plan's end. `note` is for the care team: a patient gets None."""

    plan: Plan
    end: PlanEnd
    note: str | None
    has_come: bool
    readable: bool
    goals: Sequence[GoalAtDischarge]


def get_discharge_for(session: Session, viewer: Viewer, plan_id: UUID, now: datetime) -> Discharge:
    """Return the discharge; 404 when no end is set, or when the viewer may not see the plan."""
    found = plans.plan_for(session, viewer, plan_id)
    end = session.scalar(
        select(PlanEnd)
        .where(PlanEnd.clinic_id == found.plan.clinic_id, PlanEnd.plan_id == found.plan.id)
        .order_by(PlanEnd.change.desc())
        .limit(1)
    )
    if end is None:
        raise not_found("discharge")
    today, until = found.today(now), found.plan.exercises_readable_until
    has_come = end.ends_on <= today
    return Discharge(
        plan=found.plan,
        end=end,
        note=None if viewer.role is Role.PATIENT else end.note,
        has_come=has_come,
        readable=until is None or today < until,
        goals=[GoalAtDischarge(each, _state(each, has_come=has_come)) for each in goals.goals_of(session, found.plan)],
    )


def _state(goal: ShownGoal, *, has_come: bool) -> GoalState:
    state = goal.goal.state
    return GoalState.NOT_REACHED if has_come and state is GoalState.OPEN else state
