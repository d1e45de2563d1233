"""Reads of goals as they are shown, each with what was measured on the way."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.web import pages
from hep_api.plans.goals import Direction, direction_of, is_met, progress_of
from hep_api.plans.models.goals import GoalValue, PlanGoal
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries import plans


@dataclass(frozen=True, slots=True)
class ShownGoal:
    """A goal with the value of each measured day, the earliest first."""

    goal: PlanGoal
    values: Sequence[GoalValue]

    # What tells its ETag.
    @property
    def id(self) -> UUID:
        return self.goal.id

    @property
    def version(self) -> int:
        return self.goal.version

    @property
    def direction(self) -> Direction | None:
        return direction_of(self.goal.start_value, self.goal.target_value)

    @property
    def latest_value(self) -> float | None:
        return self.values[-1].value if self.values else None

    @property
    def latest_on(self) -> date | None:
        return self.values[-1].measured_on if self.values else None

    @property
    def progress(self) -> float | None:
        return progress_of(self.latest_value, self.goal.start_value, self.goal.target_value)

    @property
    def target_met(self) -> bool | None:
        return is_met(self.latest_value, self.goal.start_value, self.goal.target_value)


def list_goals_for(
    session: Session, viewer: Viewer, plan_id: UUID, limit: int, cursor: str | None
) -> pages.Page[ShownGoal]:
    """Return a plan's goals in their order, withdrawn ones too; 404 when the viewer may not see the plan."""
    plan = plans.plan_for(session, viewer, plan_id).plan
    query = select(PlanGoal).where(PlanGoal.clinic_id == plan.clinic_id, PlanGoal.plan_id == plan.id)
    after = pages.decode(cursor, int)
    if after:
        query = query.where(PlanGoal.position > after[0])
    rows = session.scalars(query.order_by(PlanGoal.position).limit(limit + 1)).all()
    page = pages.cut(rows, limit, lambda goal: [goal.position])
    return pages.Page(shown(session, plan.clinic_id, page.items), page.next_cursor)


def goal_for(session: Session, viewer: Viewer, plan_id: UUID, goal_id: UUID) -> ShownGoal:
    """Return one goal of a plan; 404 when the viewer may not see the plan, or it has no such goal."""
    plan = plans.plan_for(session, viewer, plan_id).plan
    return shown(session, plan.clinic_id, [goal_of(session, plan, goal_id)])[0]


def goals_of(session: Session, plan: Plan) -> list[ShownGoal]:
    """Return all goals of a plan as they are shown, in two statements."""
    query = select(PlanGoal).where(PlanGoal.clinic_id == plan.clinic_id, PlanGoal.plan_id == plan.id)
    return shown(session, plan.clinic_id, session.scalars(query.order_by(PlanGoal.position)).all())


def goal_of(session: Session, plan: Plan, goal_id: UUID) -> PlanGoal:
    """Return one goal of the plan; 404 when there is none."""
    goal = session.scalar(
        select(PlanGoal).where(
            PlanGoal.clinic_id == plan.clinic_id, PlanGoal.plan_id == plan.id, PlanGoal.id == goal_id
        )
    )
    if goal is None:
        raise not_found("goal")
    return goal


def shown(session: Session, clinic_id: UUID, goals: Collection[PlanGoal]) -> list[ShownGoal]:
    """Return the goals with their values, read in one statement; of one day the value recorded last counts."""
    rows = session.scalars(
        select(GoalValue)
        .where(GoalValue.clinic_id == clinic_id, GoalValue.goal_id.in_([goal.id for goal in goals]))
        .order_by(GoalValue.measured_on, GoalValue.recorded_at, GoalValue.id)
    )
    by_day: dict[UUID, dict[date, GoalValue]] = defaultdict(dict)
    for value in rows:
        by_day[value.goal_id][value.measured_on] = value
    return [ShownGoal(goal, list(by_day[goal.id].values())) for goal in goals]
