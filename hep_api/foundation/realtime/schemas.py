"""Shapes of the connection itself: how an acknowledgement refuses, how a token is renewed, what `resync` says."""

from marshmallow import fields

from hep_api.foundation.web.fields import Secret
from hep_api.foundation.web.schemas import In, Out, ProblemOut


class RefusalOut(ProblemOut):
    """A refused command's acknowledgement: the problem that HTTP would have answered, and `ok` false."""

    ok = fields.Constant(False, metadata={"description": "false: nothing was done"})


class RenewIn(In):
    token = Secret(most=4000, required=True, metadata={"description": "a newer access token of the same sign-in"})


class RenewedOut(Out):
    expires_at = fields.DateTime(metadata={"description": "until then this connection stays open"})


class ResyncOut(Out):
    within_seconds = fields.Integer(metadata={"description": "choose a random moment within so many seconds"})
