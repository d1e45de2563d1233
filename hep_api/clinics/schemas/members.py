"""JSON shapes of the clinic's staff."""

from marshmallow import fields

from hep_api.clinics.models import MemberStatus, StaffRole
from hep_api.clinics.schemas.patients import BOUNCED, SEND_MAIL, InvitationOut
from hep_api.foundation.web.fields import Choice, Email, Flag, Id, Instant, Text
from hep_api.foundation.web.schemas import In, Out, PageQuery


class MemberIn(In):
    name = Text(most=200, required=True)
    email = Email(required=True)
    role = Choice(StaffRole, required=True)
    location_id = Id(load_default=None, allow_none=True, metadata={"description": "where they mostly work"})
    send_mail = Flag(load_default=True, metadata=SEND_MAIL)


class MemberQuery(PageQuery):
    q = Text(most=100, load_default=None, metadata={"description": "parts of the name, in any order"})
    role = Choice(StaffRole, load_default=None)
    status = Choice(MemberStatus, load_default=None)
    location_id = Id(load_default=None)


class MemberOut(Out):
    id = Id()
    name = fields.String()
    email = fields.String()
    role = Choice(StaffRole)
    status = Choice(MemberStatus)
    location_id = Id(allow_none=True)
    mail_bounced_at = Instant(allow_none=True, metadata=BOUNCED)
    version = fields.Integer()
    created_at = Instant()


class InvitedMemberOut(MemberOut):
    """A member and their invitation."""

    invitation = fields.Nested(InvitationOut)


class MemberChangeIn(In):
    """What changes; what is left out stays."""

    name = Text(most=200)
    role = Choice(StaffRole)
    location_id = Id(allow_none=True)
    disabled = Flag(metadata={"description": "true ends the member's access and sign-ins, false gives it back"})
