"""A practitioner's morning in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Id, Instant
from hep_api.foundation.web.schemas import Out
from hep_api.insights.schemas.attention import AttentionOut
from hep_api.insights.vocabulary import Urgency


class MorningCountsOut(Out):
    """How many there are in all; the lists hold the first ones."""

    patients = fields.Integer(metadata={"description": "in one's care"})
    patients_in_need = fields.Integer(metadata={"description": "with an open entry of the attention list"})
    entries = fields.Integer()
    own_entries = fields.Integer(metadata={"description": "of them, those that one has to see to oneself"})
    conversations = fields.Integer(metadata={"description": "with something unread or unanswered"})
    suggestions = fields.Integer()
    starting = fields.Integer()
    finishing = fields.Integer()


class PatientInNeedOut(Out):
    patient_id = Id()
    patient_name = fields.String()
    location_id = Id()
    urgency = Choice(Urgency, metadata={"description": "of the most urgent entry"})
    entries = fields.List(fields.Nested(AttentionOut))


class WaitingConversationOut(Out):
    """With unread messages for oneself, or with messages of the patient's that nobody of the staff has answered."""

    conversation_id = Id()
    patient_id = Id()
    patient_name = fields.String()
    last_seq = fields.Integer()
    unread_count = fields.Integer()
    unanswered_since = Instant(allow_none=True)
    answer_by = Instant(
        allow_none=True, metadata={"description": "when the clinic has been open for its `response_hours` since"}
    )
    is_overdue = fields.Boolean(metadata={"description": "`answer_by` is over"})


class WaitingSuggestionOut(Out):
    id = Id()
    patient_id = Id()
    patient_name = fields.String()
    plan_id = Id()
    exercise = fields.String()
    suggested_at = Instant()


class PlanOfTodayOut(Out):
    plan_id = Id()
    patient_id = Id()
    patient_name = fields.String()
    title = fields.String()
    starts_on = fields.String(metadata={"format": "date"})
    ends_on = fields.String(allow_none=True, metadata={"format": "date", "description": "the first date without it"})


class MorningOut(Out):
    """All that one's patients bring today. Lists are cut at 50, entries at 200; `counts` are whole."""

    counts = fields.Nested(MorningCountsOut)
    patients = fields.List(fields.Nested(PatientInNeedOut), metadata={"description": "the most urgent first"})
    conversations = fields.List(
        fields.Nested(WaitingConversationOut), metadata={"description": "waiting longest first"}
    )
    suggestions = fields.List(fields.Nested(WaitingSuggestionOut))
    starting = fields.List(fields.Nested(PlanOfTodayOut), metadata={"description": "plans whose first day is today"})
    finishing = fields.List(
        fields.Nested(PlanOfTodayOut),
        metadata={"description": "plans whose last day is today, or that were ended as of today"},
    )
