"""The discharge from a plan in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice
from hep_api.foundation.web.schemas import Out
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason


class GoalAtDischargeOut(Out):
    id = fields.UUID(attribute="goal.id")
    text = fields.String(attribute="goal.goal.text")
    measure = fields.String(attribute="goal.goal.measure", allow_none=True)
    unit = fields.String(attribute="goal.goal.unit", allow_none=True)
    start_value = fields.Float(attribute="goal.goal.start_value", allow_none=True)
    target_value = fields.Float(attribute="goal.goal.target_value", allow_none=True)
    target_on = fields.Date(attribute="goal.goal.target_on", allow_none=True)
    latest_value = fields.Float(attribute="goal.latest_value", allow_none=True)
    latest_on = fields.Date(attribute="goal.latest_on", allow_none=True)
    state = Choice(GoalState, metadata={"description": "a goal still open when the plan ended is not_reached"})
    outcome_on = fields.Date(attribute="goal.goal.outcome_on", allow_none=True)
    outcome_value = fields.Float(attribute="goal.goal.outcome_value", allow_none=True)
    outcome_note = fields.String(attribute="goal.goal.outcome_note", allow_none=True)


class DischargeOut(Out):
    """Why and when a plan ended, and what stays: its exercises for a while, the rest as long as the record is kept."""

    plan_id = fields.UUID(attribute="plan.id")
    patient_id = fields.UUID(attribute="plan.patient_id")
    title = fields.String(attribute="plan.title")
    own_why = fields.String(attribute="plan.own_why")
    visits_prescribed = fields.Integer(attribute="plan.visits_prescribed", allow_none=True)
    discharge_reason = Choice(DischargeReason, attribute="end.discharge_reason")
    summary = fields.String(attribute="end.summary", metadata={"description": "for the patient and the referrer"})
    note = fields.String(allow_none=True, metadata={"description": "for the care team; null for the patient"})
    starts_on = fields.Date(attribute="plan.starts_on")
    ends_on = fields.Date(attribute="end.ends_on")
    has_come = fields.Boolean(metadata={"description": "false while the end lies ahead and can be set anew"})
    exercises_readable_until = fields.Date(attribute="plan.exercises_readable_until")
    exercises_readable = fields.Boolean(
        attribute="readable", metadata={"description": "whether the patient reads the exercises today"}
    )
    goals = fields.List(fields.Nested(GoalAtDischargeOut))
    recorded_at = fields.DateTime(attribute="end.recorded_at")
    recorded_by = fields.UUID(attribute="end.recorded_by")
