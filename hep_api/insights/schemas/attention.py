"""The attention list in JSON. Words are in the language that was asked for; everything else is for programs."""

from marshmallow import fields

from hep_api.adherence.entries import SkipReason
from hep_api.adherence.schemas.figures import RatioOut
from hep_api.dosing.schemas import AsStored
from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.insights.vocabulary import Change, NextAction, Rule, State, Urgency


class AttentionQuery(PageQuery):
    """What is left out is not asked for; without a state, the open ones."""

    state = Choice(State, load_default=State.OPEN)
    rule = Choice(Rule, load_default=None)
    patient_id = Id(load_default=None)
    location_id = Id(load_default=None)
    owner_id = Id(load_default=None, metadata={"description": "the member who sees to it, named or as the lead"})


class PainSessionOut(Out):
    on = Day()
    pain = fields.Float(metadata={"description": "the median of the date's ratings"})


class SkipTimesOut(Out):
    reason = Choice(SkipReason)
    times = fields.Integer()


class AttentionEvidenceOut(Out):
    """What the rule was judged by: numbers, dates and ids. What does not belong to the rule is null or empty."""

    flag_id = Id(allow_none=True)
    causes = fields.Integer(allow_none=True, metadata={"description": "how many the red flag has"})
    from_on = Day(data_key="from", attribute="from", allow_none=True)
    to_on = Day(data_key="to", attribute="to", allow_none=True)
    event_ids = fields.List(Id(), metadata={"description": "first events of the entries, the newest first, 50 at most"})
    last_event_on = Day(allow_none=True)
    days_without_event = fields.Integer(allow_none=True)
    days_allowed = fields.Float(allow_none=True)
    completion_7_days = fields.Nested(RatioOut, allow_none=True)
    completion_28_days = fields.Nested(RatioOut, allow_none=True)
    points = fields.Float(allow_none=True, metadata={"description": "percentage points between the two"})
    highest_pain = fields.Integer(allow_none=True)
    sessions = fields.List(fields.Nested(PainSessionOut))
    skips = fields.List(fields.Nested(SkipTimesOut))
    conversation_id = Id(allow_none=True)
    messages = fields.Integer(allow_none=True, metadata={"description": "how many wait"})
    first_seq = fields.Integer(allow_none=True)
    last_seq = fields.Integer(allow_none=True, metadata={"description": "the last one that has waited too long"})
    waiting_since = Instant(allow_none=True)
    hours_allowed = fields.Integer(allow_none=True)
    reminded_days = fields.Integer(
        allow_none=True, metadata={"description": "days on which reminders arrived and nothing was recorded since"}
    )


class NextActionOut(Out):
    key = Choice(NextAction)
    words = fields.String()


class AttentionOwnerOut(Out):
    """Who sees to it. `is_assigned`: somebody named them; else they lead."""

    member_id = Id(allow_none=True)
    name = fields.String(allow_none=True)
    is_assigned = fields.Boolean()


class AttentionOut(Out):
    """That a rule holds for a patient: since which local date, on what evidence, and what to do next."""

    id = Id()
    patient_id = Id(attribute="entry.patient_id")
    patient_name = fields.String()
    location_id = Id()
    rule = Choice(Rule, attribute="entry.rule")
    title = fields.String()
    urgency = Choice(Urgency)
    since = Day(attribute="entry.since_on")
    evidence = AsStored(AttentionEvidenceOut, attribute="entry.evidence")
    next_action = fields.Nested(NextActionOut)
    owner = fields.Nested(AttentionOwnerOut)
    state = Choice(State)
    snoozed_until = Instant(allow_none=True)
    opened_at = Instant(attribute="entry.opened_at")
    version = fields.Integer()


class AttentionChangeOut(Out):
    """What happened to an entry; without `by`, the product itself saw that a rule began or ceased to hold."""

    change = Choice(Change)
    at = Instant()
    by = Id(attribute="by_id", allow_none=True)
    by_name = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    until = Instant(allow_none=True)
    owner_id = Id(allow_none=True, metadata={"description": "when assigned: whose it is now; null: the lead's"})


class AttentionInFullOut(AttentionOut):
    history = fields.List(fields.Nested(AttentionChangeOut))


class DismissIn(In):
    reason = Text(most=1000, lines=True, required=True)


class SnoozeIn(In):
    until = Instant(required=True, metadata={"description": "at most 366 days ahead"})
    reason = Text(most=1000, lines=True, required=True)


class ReopenIn(In):
    reason = Text(most=1000, lines=True, load_default=None, allow_none=True)


class OwnerIn(In):
    member_id = Id(required=True, allow_none=True, metadata={"description": "of the care team; null: whoever leads"})
