"""JSON shapes of the audit: for a patient, by day; for a clinic's owners, entry by entry."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.audit.models import Outcome
from hep_api.foundation.web.fields import Choice, Day, FlagInQuery, Id, Instant, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import Out, PageQuery

LONGEST_SPAN = timedelta(days=366)


class SpanQuery(PageQuery):
    """Which days, both included, at most 366; left out, the last thirty."""

    from_on = Day(data_key="from", load_default=None)
    to_on = Day(data_key="to", load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def _refuse_odd_span(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data["from_on"], data["to_on"]
        if first is None or last is None:
            if first is not None:
                raise ValidationError({"to": [Broken("required", "Say to which date.")]})
            return
        if last < first:
            raise ValidationError({"to": [Broken("order", "Must not be before from.")]})
        if last - first >= LONGEST_SPAN:
            raise ValidationError({"to": [Broken("range", "Ask for at most 366 days at a time.")]})


class AccessQuery(SpanQuery):
    own = FlagInQuery(load_default=False, metadata={"description": "true: what the patient did, too"})


class AuditQuery(SpanQuery):
    member_id = Id(load_default=None, metadata={"description": "who did it"})
    patient_id = Id(load_default=None, metadata={"description": "whom it is about"})
    action = Text(most=100, load_default=None)
    outcome = Choice(Outcome, load_default=None)
    emergency = FlagInQuery(load_default=False, metadata={"description": "true: only under emergency access"})


class ActorOut(Out):
    """Who did it: the role then, the name now; null where nothing is left of the person."""

    id = Id()
    role = fields.String(allow_none=True)
    name = fields.String(allow_none=True)


class AccessOut(Out):
    """What one person did with the record on one day."""

    on = Day(attribute="access.on", metadata={"description": "in the patient's time zone"})
    member = fields.Nested(ActorOut, allow_none=True, metadata={"description": "null: done by the product itself"})
    action = fields.String(attribute="access.action", metadata={"description": "stable name of what was done"})
    what = fields.String(metadata={"description": "the same in plain words"})
    emergency_access_id = Id(
        attribute="access.emergency_access_id",
        allow_none=True,
        metadata={"description": "not null: it was read by emergency access"},
    )
    times = fields.Integer(attribute="access.times")
    first_at = Instant(attribute="access.first_at")
    last_at = Instant(attribute="access.last_at")


class AuditEntryOut(Out):
    """An entry of the clinic's audit. `subject` says more of what it is about, without ids out of a record."""

    seq = fields.Integer(attribute="entry.seq", metadata={"description": "1, 2, 3, ... without gaps"})
    at = Instant(attribute="entry.at")
    action = fields.String(attribute="entry.action", metadata={"description": "stable name of what was done"})
    what = fields.String(metadata={"description": "the same in plain words"})
    outcome = Choice(Outcome, attribute="entry.outcome")
    member = fields.Nested(ActorOut, allow_none=True)
    account_id = Id(attribute="entry.account_id", allow_none=True)
    sign_in_id = Id(attribute="entry.sign_in_id", allow_none=True)
    patient_id = Id(attribute="entry.patient_id", allow_none=True)
    subject = fields.Dict(keys=fields.String())
    emergency_access_id = Id(attribute="entry.emergency_access_id", allow_none=True)
    address = fields.String(
        attribute="entry.address",
        allow_none=True,
        metadata={"description": "where from; of patients only the network"},
    )
    request_id = Id(attribute="entry.request_id", allow_none=True)
    hash = fields.Function(lambda shown: shown.entry.hash.hex(), metadata={"type": "string"})
