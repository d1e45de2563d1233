"""JSON shapes of the published keys, as RFC 7517 has them."""

from marshmallow import fields

from hep_api.foundation.web.schemas import Out


class JwkOut(Out):
    """The public half of a P-256 key."""

    kty = fields.String()
    crv = fields.String()
    x = fields.String()
    y = fields.String()
    kid = fields.String()
    use = fields.String()
    alg = fields.String()


class JwksOut(Out):
    keys = fields.List(fields.Nested(JwkOut), metadata={"description": "the next key stands here before it signs"})
