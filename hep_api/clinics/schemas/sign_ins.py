"""JSON shapes of where one is signed in."""

from marshmallow import fields

from hep_api.clinics.schemas.entrance import NamedClinicOut
from hep_api.foundation.web.fields import Id, Instant
from hep_api.foundation.web.schemas import Out


class SignInOut(Out):
    id = Id()
    device_name = fields.String(metadata={"description": "as the person named it when signing in; may be empty"})
    clinic = fields.Nested(NamedClinicOut)
    created_at = Instant()
    last_used_at = Instant(metadata={"description": "when its tokens were last renewed"})
    current = fields.Boolean(metadata={"description": "whether it is the one that asks"})


class SignInsOut(Out):
    """All sign-ins of the account that stand, the last used first."""

    items = fields.List(fields.Nested(SignInOut))


class EndedOut(Out):
    ended = fields.Integer(metadata={"description": "how many sign-ins were ended"})
