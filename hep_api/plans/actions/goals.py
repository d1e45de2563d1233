"""What is done with the goals of a plan: adding, changing, recording a value, and saying what became of them.

Practitioners on the care team write them. The patient records values, and says of a goal in words that it is reached.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import Problem, conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.plans import dating, repeats
from hep_api.plans.facts import GoalReached, PlanChanged
from hep_api.plans.goals import day_in_plan, is_met, refuse_contradictions
from hep_api.plans.models.goals import GoalState, GoalValue, PlanGoal
from hep_api.plans.models.plans import Plan
from hep_api.plans.queries import goals
from hep_api.plans.queries.goals import ShownGoal
from hep_api.plans.queries.plans import PlanInCare

MOST_GOALS = 50
MOST_VALUES = 500
SAID = ("text", "measure", "unit", "start_value", "target_value", "target_on")


def add_goal(session: Session, viewer: Viewer, found: PlanInCare, body: dict[str, Any], now: datetime) -> ShownGoal:
    """Add a goal to the plan, whose row the caller holds locked; sent again it is the same goal.

    Errors: 409 for an ended plan, an id used otherwise, or too many goals; 422 naming what contradicts itself.
    """
    plan, digest = found.plan, repeats.digest_of({**body, "plan_id": found.plan.id})
    repeated = _sent_before(session, PlanGoal, plan, body["id"], digest)
    if repeated is not None:
        return goals.shown(session, plan.clinic_id, [repeated])[0]
    dating.refuse_ended(plan.ends_on, found.today(now))
    refuse_contradictions(body, plan.starts_on)
    place = _last_place(session, plan) + 1
    if place > MOST_GOALS:
        raise conflict("/text", "too_many", f"A plan has at most {MOST_GOALS} goals.")
    said = {name: body[name] for name in SAID}
    goal = _goal(viewer, plan, body["id"] or new_id(), place, said, now, digest)
    _add(session, goal, "plan_goal_pkey")
    _tell(session, plan, goal)
    return ShownGoal(goal, [])


def add_texts(session: Session, viewer: Viewer, plan: Plan, texts: list[str], now: datetime) -> tuple[UUID, ...]:
    """Add the goals in words that a new plan starts with, and return their ids."""
    blank = dict.fromkeys(SAID)
    added = [
        _goal(viewer, plan, new_id(), place, {**blank, "text": text}, now, b"")
        for place, text in enumerate(texts, start=1)
    ]
    session.add_all(added)
    session.flush()
    return tuple(goal.id for goal in added)


def change_goal(session: Session, found: PlanInCare, goal: PlanGoal, body: dict[str, Any], now: datetime) -> ShownGoal:
    """Change what an open goal says; what `body` leaves out stays. 409 for one that is settled."""
    dating.refuse_ended(found.plan.ends_on, found.today(now))
    if goal.state is not GoalState.OPEN:
        raise conflict("/text", "settled", f"This goal is {goal.state.value}; open it again first.")
    refuse_contradictions({name: body.get(name, getattr(goal, name)) for name in SAID}, found.plan.starts_on)
    for name, value in body.items():
        setattr(goal, name, value)
    return _changed(session, found.plan, goal)


def record_value(
    session: Session, viewer: Viewer, found: PlanInCare, goal: PlanGoal, body: dict[str, Any], now: datetime
) -> ShownGoal:
    """Record what was measured on a day; sent again it is the same value. 409 for a goal without a measure."""
    plan, digest = found.plan, repeats.digest_of({**body, "goal_id": goal.id})
    if _sent_before(session, GoalValue, plan, body["id"], digest) is not None:
        return goals.shown(session, plan.clinic_id, [goal])[0]
    dating.refuse_ended(plan.ends_on, found.today(now))
    if goal.measure is None:
        raise conflict("/value", "without_measure", "This goal is not measured; it can be said to be reached.")
    measured_on = day_in_plan("/measured_on", body["measured_on"], found.today(now), plan.starts_on)
    _refuse_more_values(session, goal)
    value = GoalValue(
        clinic_id=plan.clinic_id,
        id=body["id"] or new_id(),
        plan_id=plan.id,
        goal_id=goal.id,
        value=body["value"],
        measured_on=measured_on,
        recorded_at=now,
        recorded_by=viewer.member_id,
        sent_digest=digest,
    )
    _add(session, value, "goal_value_pkey")
    _tell(session, plan, goal)
    return goals.shown(session, plan.clinic_id, [goal])[0]


def settle_goal(
    session: Session, viewer: Viewer, found: PlanInCare, goal: PlanGoal, body: dict[str, Any], now: datetime
) -> ShownGoal:
    """Say what became of a goal, or open it again.

    Errors: 403 for a patient who says more than that a goal in words is reached; 409 for an ended plan; 422 for a day
    ahead or before the plan, a value without a measure or short of the target.
    """
    plan, state = found.plan, body["state"]
    dating.refuse_ended(plan.ends_on, found.today(now))
    _refuse_patient(viewer, goal, state)
    if state is GoalState.OPEN:
        goal.outcome_on = goal.outcome_value = goal.outcome_note = goal.outcome_at = goal.outcome_by = None
    else:
        goal.outcome_on = day_in_plan("/on", body["on"], found.today(now), plan.starts_on)
        goal.outcome_value = _value_of_outcome(goal, state, body["value"])
        goal.outcome_note, goal.outcome_at, goal.outcome_by = body["note"], now, viewer.member_id
    goal.state = state
    if state is GoalState.REACHED and goal.outcome_on is not None:
        publish(session, GoalReached(plan.clinic_id, plan.patient_id, plan.id, goal.id, goal.outcome_on))
    return _changed(session, plan, goal)


def _value_of_outcome(goal: PlanGoal, state: GoalState, value: float | None) -> float | None:
    if value is None:
        return None
    if goal.measure is None:
        raise invalid_field("/value", "without_measure", "This goal is not measured.")
    if state is GoalState.REACHED and is_met(value, goal.start_value, goal.target_value) is False:
        raise invalid_field("/value", "short_of_target", f"The target is {goal.target_value:g}.")
    return value


def _refuse_patient(viewer: Viewer, goal: PlanGoal, state: GoalState) -> None:
    if viewer.role is Role.PATIENT and not (state is GoalState.REACHED and goal.measure is None):
        words = "You may say that a goal in words is reached; what is measured is judged by your practitioner."
        raise Problem("role_may_not", 403, words)


def _goal(
    viewer: Viewer, plan: Plan, goal_id: UUID, place: int, said: dict[str, Any], now: datetime, digest: bytes
) -> PlanGoal:
    return PlanGoal(
        clinic_id=plan.clinic_id,
        id=goal_id,
        plan_id=plan.id,
        position=place,
        created_at=now,
        created_by=viewer.member_id,
        sent_digest=digest,
        **said,
    )


def _sent_before(session: Session, model: Any, plan: Plan, sent_id: UUID | None, digest: bytes) -> Any:
    if sent_id is None:
        return None
    row = session.scalar(select(model).where(model.clinic_id == plan.clinic_id, model.id == sent_id))
    if row is not None and row.sent_digest != digest:
        raise repeats.id_is_taken()
    return row


def _add(session: Session, row: Any, key: str) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == key:
            raise repeats.id_is_taken() from None
        raise


def _last_place(session: Session, plan: Plan) -> int:
    places = select(func.max(PlanGoal.position)).where(
        PlanGoal.clinic_id == plan.clinic_id, PlanGoal.plan_id == plan.id
    )
    return session.scalar(places) or 0


def _refuse_more_values(session: Session, goal: PlanGoal) -> None:
    counted = select(func.count()).where(GoalValue.clinic_id == goal.clinic_id, GoalValue.goal_id == goal.id)
    if (session.scalar(counted) or 0) >= MOST_VALUES:
        raise conflict("/value", "too_many", f"A goal has at most {MOST_VALUES} values.")


def _changed(session: Session, plan: Plan, goal: PlanGoal) -> ShownGoal:
    goal.version += 1
    session.flush()
    _tell(session, plan, goal)
    return goals.shown(session, plan.clinic_id, [goal])[0]


def _tell(session: Session, plan: Plan, goal: PlanGoal) -> None:
    publish(session, PlanChanged(plan.clinic_id, plan.patient_id, plan.id, goal.id))
