"""HTTP door of the public keys, for those who check access tokens without asking us."""

from typing import Any

from flask import Response, after_this_request
from jwt.algorithms import ECAlgorithm

from hep_api.accounts.keys import Key
from hep_api.accounts.schemas.keys import JwksOut
from hep_api.accounts.tokens import ALGORITHM, tokens
from hep_api.foundation import clock
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns

routes = Routes("keys", "The keys that access tokens are signed with.", prefix="/.well-known")

# Far below the overlap in which a new key is published and does not sign.
CACHED_SECONDS = 300


@routes.get("/jwks.json")
@open_to_anyone("Public keys are for everybody; whoever checks our tokens needs them.", pace=BY_PROGRAM)
@returns(JwksOut)
def list_keys() -> dict[str, Any]:
    """List the public keys that access tokens are, or will soon be, signed with (RFC 7517)."""
    after_this_request(_cacheable)
    return {"keys": [_public_part(key) for key in tokens().keys.ring().published(clock.now())]}


def _public_part(key: Key) -> dict[str, Any]:
    return ECAlgorithm.to_jwk(key.public, as_dict=True) | {"kid": key.kid, "use": "sig", "alg": ALGORITHM}


def _cacheable(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
    return response
