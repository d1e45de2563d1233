"""Adherence events in JSON as they are listed: what was reported, and what the server added."""

from marshmallow import fields, validate

from hep_api.adherence.entries import EventKind, SkipReason
from hep_api.adherence.models.events import Difficulty, Source
from hep_api.dosing.schemas import AsStored, DoseOut, LoadOut, ScheduleOut
from hep_api.foundation.web.fields import Choice, Day, Id, Text, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out


class EventQuery(In):
    """Which events, and after which; both dates are included."""

    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(most=500, load_default=None)
    after = WholeInQuery(
        least=0, most=2**62, load_default=None, metadata={"description": "the `seq` of the last event that one has"}
    )
    order = fields.String(
        load_default="oldest",
        validate=validate.OneOf(("oldest", "newest"), error=Broken("choice", "Must be oldest or newest.")),
    )
    prescription_id = Id(load_default=None)
    from_on = Day(data_key="from", load_default=None)
    to_on = Day(data_key="to", load_default=None)


class TargetOut(Out):
    """The exercise, dose and schedule that the named version had."""

    exercise = fields.String()
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)


class EventOut(Out):
    """An event as it was recorded. `seq` numbers a patient's events as they came in."""

    id = fields.UUID()
    seq = fields.Integer()
    entry_id = fields.UUID()
    revision = fields.Integer()
    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    version = fields.Integer()
    kind = Choice(EventKind)
    slot = fields.Integer(allow_none=True)
    performed_at = fields.DateTime()
    zone = fields.String()
    performed_on = fields.Date()
    sets = fields.Integer(allow_none=True)
    reps = fields.Integer(allow_none=True)
    seconds = fields.Integer(allow_none=True)
    sides = fields.Integer(allow_none=True)
    load_ = AsStored(LoadOut, data_key="load", attribute="load", allow_none=True)
    pain = fields.Integer(allow_none=True)
    effort = fields.Integer(allow_none=True)
    difficulty = Choice(Difficulty, allow_none=True)
    comment = fields.String(allow_none=True)
    skip_reason = Choice(SkipReason, allow_none=True)
    reason = fields.String(allow_none=True)
    target = AsStored(TargetOut)
    received_at = fields.DateTime()
    recorded_by = fields.UUID()
    source = Choice(Source)
    late = fields.Boolean(metadata={"description": "received over 24 hours after performing"})
    batched = fields.Boolean(metadata={"description": "uploaded together with others"})
