"""Suggested doses in JSON."""

from marshmallow import fields

from hep_api.adherence.models.suggestions import SuggestionState
from hep_api.adherence.schemas.figures import RatioOut
from hep_api.dosing.schemas import AsStored, ProgressionOut
from hep_api.foundation.web.fields import Choice, Text
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.schemas.days import LocalDay


class AcceptSuggestionIn(In):
    """From when the next dose holds: the patient's next day when left out."""

    effective_on = LocalDay(load_default=None, allow_none=True)
    reason = Text(
        most=1000,
        lines=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "needed for a change from before the patient's today"},
    )
    note = Text(least=0, most=5000, lines=True, load_default="")


class DismissSuggestionIn(In):
    reason = Text(most=1000, lines=True, required=True)


class EvidenceOut(Out):
    """What the rule was judged by when it was met: closed days from..to, both included."""

    from_on = fields.Date(data_key="from", attribute="from")
    to_on = fields.Date(data_key="to", attribute="to")
    completion = fields.Nested(RatioOut)
    pain_reports = fields.Integer()
    highest_pain = fields.Integer(allow_none=True)


class SuggestionOut(Out):
    """That the rule for the next dose of an exercise was met. A practitioner decides; nothing is applied by itself."""

    id = fields.UUID(attribute="suggestion.id")
    patient_id = fields.UUID(attribute="suggestion.patient_id")
    patient_name = fields.String()
    plan_id = fields.UUID(attribute="suggestion.plan_id")
    prescription_id = fields.UUID(attribute="suggestion.prescription_id")
    exercise = fields.String()
    version = fields.Integer(attribute="suggestion.version")
    rule = AsStored(ProgressionOut, attribute="suggestion.rule")
    evidence = AsStored(EvidenceOut, attribute="suggestion.evidence")
    state = Choice(SuggestionState, attribute="suggestion.state")
    suggested_at = fields.DateTime(attribute="suggestion.suggested_at")
    settled_at = fields.DateTime(attribute="suggestion.settled_at", allow_none=True)
    settled_by = fields.UUID(attribute="suggestion.settled_by", allow_none=True)
    reason = fields.String(attribute="suggestion.reason", allow_none=True)
    revision_number = fields.Integer(
        attribute="suggestion.revision_number",
        allow_none=True,
        metadata={"description": "of the revision that accepting it published"},
    )
