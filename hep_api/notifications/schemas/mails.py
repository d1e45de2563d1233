"""JSON shapes of mail: when somebody wants a digest, and to whom nothing comes through."""

from marshmallow import fields

from hep_api.accounts.viewer import Role
from hep_api.foundation.mail.models import BounceReason, BounceWay
from hep_api.foundation.web.fields import Choice, Id, Instant, TimeOfDay
from hep_api.foundation.web.schemas import In, Out, PageQuery

AT = {"description": "a time of the day in the zone in which one is told; null: no digest"}


class DigestIn(In):
    at = TimeOfDay(required=True, allow_none=True, metadata=AT)


class DigestOut(Out):
    at = TimeOfDay(allow_none=True, metadata=AT)
    next_at = Instant(allow_none=True, metadata={"description": "when the next one is due; it comes if anything waits"})


class BounceQuery(PageQuery):
    """All of them, the latest first."""


class BounceOut(Out):
    member_id = Id()
    name = fields.String()
    email = fields.String()
    role = Choice(Role)
    bounced_at = Instant(metadata={"description": "when it was heard of last"})
    way = Choice(BounceWay, metadata={"description": "refused: by the server at once; returned: it came back later"})
    reason = Choice(BounceReason)
