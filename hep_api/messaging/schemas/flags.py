"""Red flags in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text, Whole
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.messaging.models.flags import CauseKind, FlagState, StepKind


class FlagQuery(PageQuery):
    """What is left out is not asked for; without a state, the open ones."""

    state = Choice(FlagState, load_default=FlagState.OPEN)
    patient_id = Id(load_default=None)
    location_id = Id(load_default=None)
    held_by = Id(load_default=None, metadata={"description": "the member whose turn it is, or was when acknowledged"})


class FlagCauseOut(Out):
    """One reason. Of pain: event, prescription, date and rating; of a phrase: the message and the clinic's phrase."""

    number = fields.Integer()
    kind = Choice(CauseKind)
    noticed_at = Instant()
    event_id = Id(allow_none=True)
    prescription_id = Id(allow_none=True)
    performed_on = Day(allow_none=True)
    pain = fields.Integer(allow_none=True)
    conversation_id = Id(allow_none=True)
    seq = fields.Integer(allow_none=True)
    phrase = fields.String(allow_none=True, metadata={"description": "as it stands in the list, not as it was written"})


class FlagOut(Out):
    """An alert about a patient. It passes on at `passes_on_at`, again and again, until a person acknowledges it."""

    id = Id(attribute="flag.id")
    patient_id = Id(attribute="flag.patient_id")
    patient_name = fields.String()
    location_id = Id()
    conversation_id = Id(attribute="flag.conversation_id", metadata={"description": "the patient's with the care team"})
    state = Choice(FlagState)
    raised_at = Instant(attribute="flag.raised_at")
    cause_count = fields.Integer(attribute="flag.causes")
    causes = fields.List(fields.Nested(FlagCauseOut), metadata={"description": "the latest 20, the oldest first"})
    held_by = Id(
        attribute="flag.held_by",
        allow_none=True,
        metadata={"description": "whose turn it is; null: nobody's of the care team, the clinic's leaders are told"},
    )
    holder_name = fields.String(allow_none=True)
    held_since = Instant(attribute="flag.held_since")
    round = fields.Integer(attribute="flag.round")
    passes_on_at = Instant(allow_none=True)
    leaders_told_at = Instant(attribute="flag.leaders_told_at", allow_none=True)
    acknowledged_by = Id(attribute="flag.acknowledged_by", allow_none=True)
    acknowledger_name = fields.String(allow_none=True)
    acknowledged_at = Instant(attribute="flag.acknowledged_at", allow_none=True)
    note = fields.String(attribute="flag.note", allow_none=True)


class FlagStepOut(Out):
    """What happened to a flag."""

    kind = Choice(StepKind)
    at = Instant()
    round = fields.Integer()
    member_id = Id(allow_none=True, metadata={"description": "whose turn it became, or who acknowledged it"})
    member_name = fields.String(allow_none=True)


class FlagInFullOut(FlagOut):
    steps = fields.List(fields.Nested(FlagStepOut))


class AcknowledgeIn(In):
    cause_count = Whole(
        least=1, most=2**31 - 1, required=True, metadata={"description": "of the flag as you have seen it"}
    )
    note = Text(most=1000, lines=True, load_default=None, allow_none=True)


class UnacknowledgedFlagOut(Out):
    """That nobody of a patient's care team has acknowledged an alert: whose it is, and nothing of the record."""

    id = Id()
    patient_id = Id()
    patient_name = fields.String()
    location_id = Id()
    raised_at = Instant()
    leaders_told_at = Instant()
    held_by = Id(allow_none=True)
    holder_name = fields.String(allow_none=True)
    round = fields.Integer()


class FlagWaitsOut(Out):
    """That an alert about a patient has not been acknowledged by the care team."""

    flag_id = Id()
    patient_id = Id()
    round = fields.Integer()
