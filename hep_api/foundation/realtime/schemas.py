"""Shapes of the connection itself: how one introduces oneself, how a token is renewed, what `resync` says."""

from marshmallow import fields

from hep_api.foundation.web.fields import Secret
from hep_api.foundation.web.schemas import In, Out, ProblemOut


class ConnectIn(Out):
    """The auth object of CONNECT; what else a client library puts there is passed over."""

    token = fields.String(metadata={"description": "an access token"})


class ConnectedOut(Out):
    sid = fields.String(metadata={"description": "the connection's id; it proves nothing"})


class ConnectErrorOut(Out):
    """What `connect_error` gives a client: its `message` and `data`."""

    message = fields.String(
        metadata={
            "description": "the problem's code; on `token_expired` refresh, and CONNECT again on the same connection"
        }
    )
    data = fields.Nested(ProblemOut)


class RenewIn(In):
    token = Secret(most=4000, required=True, metadata={"description": "a newer access token of the same sign-in"})


class RenewedOut(Out):
    expires_at = fields.DateTime(metadata={"description": "until then this connection stays open"})


class ClosingOut(Out):
    """Why the server closes the connection."""

    code = fields.String(
        metadata={
            "description": "`token_expired`: bring a fresh token; `access_changed`, `sign_in_ended`: connect again and "
            "be let in or told why not; `closing`: the process ends, another one takes you"
        }
    )
    detail = fields.String(metadata={"description": "the same in words, for a person"})


class ResyncOut(Out):
    within_seconds = fields.Integer(metadata={"description": "choose a random moment within so many seconds"})
