"""JSON shapes of tokens."""

from marshmallow import fields

from hep_api.foundation.web.fields import Id, Secret
from hep_api.foundation.web.schemas import In, Out


class RefreshIn(In):
    refresh_token = Secret(most=200, required=True)
    device_id = Id(load_default=None, metadata={"description": "the one that was given when signing in, if one was"})


class TokensOut(Out):
    """An access token to send as `Authorization: Bearer`, and the token that renews it, once."""

    access_token = fields.String()
    expires_in = fields.Integer(metadata={"description": "seconds until the access token expires"})
    refresh_token = fields.String()
