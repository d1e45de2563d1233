"""HTTP doors of a plan's goals: listing, adding, changing, recording values, saying what became of one."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.plans.actions import goals as actions
from hep_api.plans.queries import goals, plans
from hep_api.plans.queries.goals import ShownGoal
from hep_api.plans.schemas.goals import GoalChangeIn, GoalIn, GoalOut, GoalOutcomeIn, GoalValueIn

routes = Routes("goals", "What a plan is for: goals in words and goals that are measured.")


@routes.get("/plans/<uuid:plan_id>/goals")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(GoalOut))
def list_goals(plan_id: UUID, query: dict[str, Any]) -> Page[ShownGoal]:
    """List a plan's goals in their order, with what was measured and what became of them.

    To change or settle one, read it by its id: that answer has its ETag.
    """
    with transaction() as session:
        return goals.list_goals_for(session, viewer(), plan_id, query["limit"], query["cursor"])


@routes.post("/plans/<uuid:plan_id>/goals")
@signed_in(Role.PRACTITIONER)
@takes(GoalIn)
@returns(GoalOut, 201, tag=etags.by_version)
def add_goal(plan_id: UUID, body: dict[str, Any]) -> ShownGoal:
    """Add a goal to a plan; safe to send again with the same id.

    Errors: 409 when the plan has ended; 422 naming what contradicts itself, such as a target that equals the start.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        return actions.add_goal(session, viewer(), found, body, clock.now())


@routes.get("/plans/<uuid:plan_id>/goals/<uuid:goal_id>")
@signed_in(*EVERYONE)
@returns(GoalOut, tag=etags.by_version)
def get_goal(plan_id: UUID, goal_id: UUID) -> ShownGoal:
    """Read one goal of a plan, with the ETag under which it is changed or settled."""
    with transaction() as session:
        return goals.goal_for(session, viewer(), plan_id, goal_id)


@routes.patch("/plans/<uuid:plan_id>/goals/<uuid:goal_id>")
@signed_in(Role.PRACTITIONER)
@takes(GoalChangeIn)
@returns(GoalOut, tag=etags.by_version)
def change_goal(plan_id: UUID, goal_id: UUID, body: dict[str, Any]) -> ShownGoal:
    """Change what an open goal says; needs If-Match with the goal's ETag.

    Errors: 409 for a goal that is settled or a plan that has ended; 422 as for adding one.
    """
    with transaction() as session:
        found = plans.plan_to_change(session, viewer(), plan_id)
        goal = goals.goal_of(session, found.plan, goal_id)
        etags.require_match(goal.id, goal.version)
        return actions.change_goal(session, found, goal, body, clock.now())


@routes.post("/plans/<uuid:plan_id>/goals/<uuid:goal_id>/values")
@signed_in(Role.PATIENT, Role.PRACTITIONER)
@takes(GoalValueIn)
@returns(GoalOut, 201, tag=etags.by_version)
def record_goal_value(plan_id: UUID, goal_id: UUID, body: dict[str, Any]) -> ShownGoal:
    """Record what was measured; safe to send again with the same id. Of one day the value recorded last counts.

    Errors: 409 for a goal that is not measured; 422 naming `/measured_on` for a day ahead or before the plan.
    """
    with transaction() as session:
        found = plans.plan_to_take_part_in(session, viewer(), plan_id)
        goal = goals.goal_of(session, found.plan, goal_id)
        return actions.record_value(session, viewer(), found, goal, body, clock.now())


@routes.put("/plans/<uuid:plan_id>/goals/<uuid:goal_id>/outcome")
@signed_in(Role.PATIENT, Role.PRACTITIONER)
@takes(GoalOutcomeIn)
@returns(GoalOut, tag=etags.by_version)
def settle_goal(plan_id: UUID, goal_id: UUID, body: dict[str, Any]) -> ShownGoal:
    """Say what became of a goal: reached, not reached, withdrawn, or open again; needs If-Match with the goal's ETag.

    A patient says that a goal in words is reached; the rest is the practitioner's.

    Errors: 403 for a patient who says more; 409 when the plan has ended; 422 naming `/on`, `/value` or `/note`.
    """
    with transaction() as session:
        found = plans.plan_to_take_part_in(session, viewer(), plan_id)
        goal = goals.goal_of(session, found.plan, goal_id)
        etags.require_match(goal.id, goal.version)
        return actions.settle_goal(session, viewer(), found, goal, body, clock.now())
