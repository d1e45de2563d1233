"""Goals, what was measured on the way to them, and what became of them, in JSON."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Choice, Day, Decimal, Id, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.models.goals import GoalState
from hep_api.plans.schemas.plans import CLIENT_MADE_ID

LARGEST = 1_000_000
MEASURE = {"description": "what is measured, such as 'knee bend'; a goal without it is one in words"}


def _number(**kwargs: Any) -> Decimal:
    return Decimal(least=-LARGEST, most=LARGEST, **kwargs)


def _maybe_number() -> Decimal:
    return _number(load_default=None, allow_none=True)


class GoalIn(In):
    """A goal in words (`text` alone), or one that is measured: then with a target."""

    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    text = Text(most=500, required=True)
    measure = Text(most=200, load_default=None, allow_none=True, metadata=MEASURE)
    unit = Text(most=40, load_default=None, allow_none=True)
    start_value = _maybe_number()
    target_value = _maybe_number()
    target_on = Day(load_default=None, allow_none=True, metadata={"description": "by when"})


class GoalChangeIn(In):
    """What is left out stays as it is."""

    text = Text(most=500)
    measure = Text(most=200, allow_none=True, metadata=MEASURE)
    unit = Text(most=40, allow_none=True)
    start_value = _number(allow_none=True)
    target_value = _number(allow_none=True)
    target_on = Day(allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def changes_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError({"text": [Broken("one_of", "Give at least one field to change.")]})


class GoalValueIn(In):
    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    value = _number(required=True)
    measured_on = Day(load_default=None, allow_none=True, metadata={"description": "the patient's today when left out"})


class GoalOutcomeIn(In):
    """What became of a goal; `open` opens it again. Not reached and withdrawn need a note that says why."""

    state = Choice(GoalState, required=True)
    on = Day(load_default=None, allow_none=True, metadata={"description": "the patient's today when left out"})
    value = _maybe_number()
    note = Text(most=1000, lines=True, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def says_enough(self, data: dict[str, Any], **_: Any) -> None:
        if data["state"] in (GoalState.NOT_REACHED, GoalState.WITHDRAWN) and data["note"] is None:
            raise ValidationError({"note": [Broken("required", "Say why.")]})
        if data["state"] is GoalState.OPEN:
            given = [name for name in ("on", "value", "note") if data[name] is not None]
            words = "A goal that is open again has no outcome."
            if given:
                raise ValidationError({name: [Broken("other_kind", words)] for name in given})


class GoalValueOut(Out):
    id = fields.UUID()
    value = fields.Float()
    measured_on = fields.Date()
    recorded_at = fields.DateTime()
    recorded_by = fields.UUID()


class GoalOut(Out):
    """`progress` is the share of the way from the start to the target that the latest value has gone."""

    id = fields.UUID()
    plan_id = fields.UUID(attribute="goal.plan_id")
    text = fields.String(attribute="goal.text")
    measure = fields.String(attribute="goal.measure", allow_none=True)
    unit = fields.String(attribute="goal.unit", allow_none=True)
    start_value = fields.Float(attribute="goal.start_value", allow_none=True)
    target_value = fields.Float(attribute="goal.target_value", allow_none=True)
    target_on = fields.Date(attribute="goal.target_on", allow_none=True)
    direction = fields.String(allow_none=True, metadata={"enum": ["up", "down", None]})
    values = fields.List(
        fields.Nested(GoalValueOut), metadata={"description": "one for each measured day, the one recorded last"}
    )
    latest_value = fields.Float(allow_none=True)
    latest_on = fields.Date(allow_none=True)
    progress = fields.Float(allow_none=True, metadata={"description": "0 to 1; null without a start or a value"})
    target_met = fields.Boolean(
        allow_none=True, metadata={"description": "by the latest value; a person says whether the goal is reached"}
    )
    state = Choice(GoalState, attribute="goal.state")
    outcome_on = fields.Date(attribute="goal.outcome_on", allow_none=True)
    outcome_value = fields.Float(attribute="goal.outcome_value", allow_none=True)
    outcome_note = fields.String(attribute="goal.outcome_note", allow_none=True)
    outcome_at = fields.DateTime(attribute="goal.outcome_at", allow_none=True)
    outcome_by = fields.UUID(attribute="goal.outcome_by", allow_none=True)
    created_at = fields.DateTime(attribute="goal.created_at")
    created_by = fields.UUID(attribute="goal.created_by")
    version = fields.Integer()
