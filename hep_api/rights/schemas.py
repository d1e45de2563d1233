"""JSON shapes of exports, erasures and holds."""

from enum import StrEnum

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.rights.models import ErasureStatus
from hep_api.rights.queries.exports import ExportStatus


class Decision(StrEnum):
    """What an owner decides about a wish to be erased."""

    APPROVE = "approve"
    REFUSE = "refuse"


class ExportOut(Out):
    id = Id()
    patient_id = Id()
    status = Choice(ExportStatus)
    asked_at = Instant()
    ready_at = Instant(allow_none=True)
    deleted_at = Instant(allow_none=True, metadata={"description": "when its file is deleted, or was"})
    size_bytes = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True, metadata={"description": "of the ZIP, in hexadecimal"})


class LinkOut(Out):
    """Where the file is fetched, without signing in; a path of this server, or an address of the bucket."""

    url = fields.String()
    expires_at = Instant()


class ErasureIn(In):
    words = Text(most=2000, lines=True, load_default=None, metadata={"description": "what the person says to it"})


class ErasureQuery(PageQuery):
    status = Choice(ErasureStatus, load_default=None)


class ErasureOut(Out):
    id = Id()
    patient_id = Id()
    patient_name = fields.String()
    status = Choice(ErasureStatus)
    asked_at = Instant()
    words = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    refusal_reason = fields.String(allow_none=True)
    carried_out_at = Instant(allow_none=True)


class DecisionIn(In):
    decision = Choice(Decision, required=True)
    reason = Text(most=2000, lines=True, load_default=None, metadata={"description": "needed to refuse; it is shown"})


class HoldIn(In):
    reason = Text(most=2000, lines=True, required=True)
    held_until = Day(required=True, metadata={"description": "the last day on which the record is kept"})


class HoldOut(Out):
    patient_id = Id()
    reason = fields.String()
    held_until = Day()
    set_at = Instant()
