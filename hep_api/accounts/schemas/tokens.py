"""JSON shapes of tokens."""

from marshmallow import fields

from hep_api.foundation.web.fields import Secret
from hep_api.foundation.web.schemas import In, Out


class RefreshIn(In):
    refresh_token = Secret(most=200, required=True)


class TokensOut(Out):
    """An access token to send as `Authorization: Bearer`, and the token that renews it, once."""

    access_token = fields.String()
    expires_in = fields.Integer(metadata={"description": "seconds until the access token expires"})
    refresh_token = fields.String()
