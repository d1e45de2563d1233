"""JSON shapes of covers."""

from marshmallow import fields

from hep_api.clinics.queries.covers import CoverState
from hep_api.foundation.web.fields import Choice, Id, Instant
from hep_api.foundation.web.schemas import In, Out, PageQuery


class CoverIn(In):
    """Who stands in for whom, from when until before when."""

    absent_id = Id(load_default=None, metadata={"description": "needed from leaders; a practitioner is absent"})
    covering_id = Id(required=True, metadata={"description": "an active practitioner of the clinic"})
    starts_at = Instant(load_default=None, metadata={"description": "left out, or already over: now"})
    ends_at = Instant(required=True, metadata={"description": "no more from this instant on; at most 366 days ahead"})


class CoverQuery(PageQuery):
    state = Choice(CoverState, load_default=None)
    member_id = Id(load_default=None, metadata={"description": "who is absent or stands in"})


class CoverOut(Out):
    """That a colleague stands in for a practitioner over [starts_at, ends_at)."""

    id = Id(attribute="cover.id")
    absent_id = Id(attribute="cover.absent_id")
    absent_name = fields.String()
    covering_id = Id(attribute="cover.covering_id")
    covering_name = fields.String()
    starts_at = Instant(attribute="cover.starts_at")
    ends_at = Instant(attribute="cover.ends_at")
    named_at = Instant(attribute="cover.named_at")
    named_by = Id(attribute="cover.named_by")
    ended_at = Instant(
        attribute="cover.ended_at", allow_none=True, metadata={"description": "when it was ended before its time"}
    )
    ended_by = Id(attribute="cover.ended_by", allow_none=True)
    state = Choice(CoverState)
