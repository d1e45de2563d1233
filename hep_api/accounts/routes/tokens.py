"""HTTP doors of a sign-in that exists: renew its tokens, end it. Signing in needs a membership: it is in clinics."""

from typing import Any

from hep_api.accounts.actions import sign_ins
from hep_api.accounts.devices import digest_of_asking
from hep_api.accounts.schemas.tokens import RefreshIn, TokensOut
from hep_api.accounts.tokens import tokens
from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import not_signed_in
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, open_to_anyone, open_to_whoever_owes, returns, signed_in, takes

routes = Routes("tokens", "Tokens of a signed-in device.")


@routes.post("/sign-ins/refresh")
@open_to_anyone("The refresh token in the body says whose sign-in it is.", pace=BY_PROGRAM)
@takes(RefreshIn)
@returns(TokensOut)
def refresh_sign_in(body: dict[str, Any]) -> sign_ins.TokenPair:
    """Renew the tokens of a sign-in.

    The refresh token is used up; the answer holds its successor. When the answer was lost, the same device may send the
    same token again within 30 seconds and gets the same successor; a device is told by its `device_id`, else by its
    User-Agent. Any other second use ends the sign-in, and its owner is told by mail.

    Errors: 401 `refresh_token_invalid` for a token that is unknown, expired, used before, or whose sign-in has ended.
    """
    device = digest_of_asking(body["device_id"])
    with transaction() as session:
        pair = sign_ins.refresh_sign_in(session, tokens(), body["refresh_token"], device, clock.now())
    if pair is None:
        raise not_signed_in("refresh_token_invalid", "This refresh token is not valid any more; sign in again.")
    return pair


@routes.delete("/sign-ins/current")
@signed_in(*EVERYONE)
@open_to_whoever_owes
@returns(None, 204)
def sign_out() -> None:
    """Sign out: end this sign-in at once, with its access and refresh tokens."""
    with transaction() as session:
        sign_ins.end_sign_in(session, viewer().sign_in_id, "signed_out", clock.now())
