"""Access tokens: ES256, fifteen minutes, bound to one sign-in. The algorithm comes from our key, never from the header.

The signing keys are PEM files named `<kid>.pem` in one folder; the last name signs, all of them verify, so a key is
rotated by adding a file and removing the old one a quarter of an hour later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app

from hep_api.foundation.errors import Problem, not_signed_in
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.settings import Settings, SettingsError

ALGORITHM = "ES256"
AUDIENCE = "hep-api"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068, no secret
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid", "jti"]


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The keys by `kid`, and the one that signs."""

    by_kid: Mapping[str, ec.EllipticCurvePrivateKey]
    signing_kid: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and reads this installation's access tokens."""

    keys: TokenKeys
    issuer: str
    life: timedelta
    refresh_life: timedelta

    def issue(self, account_id: UUID, sign_in_id: UUID, now: datetime) -> str:
        """Return a signed access token for one sign-in."""
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(account_id),
            "sid": str(sign_in_id),
            "jti": str(new_id()),
            "iat": now,
            "exp": now + self.life,
        }
        key = self.keys.by_kid[self.keys.signing_kid]
        return jwt.encode(claims, key, ALGORITHM, headers={"kid": self.keys.signing_kid, "typ": TOKEN_TYPE})

    def read(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token of ours, `sub` and `sid` as UUIDs; 401 for any other, expired apart."""
        try:
            header = jwt.get_unverified_header(token)
            key = self.keys.by_kid[header["kid"]]
            if header.get("typ") != TOKEN_TYPE:
                raise _not_ours()
            claims = jwt.decode(
                token,
                key.public_key(),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self.issuer,
                options={"require": REQUIRED},
            )
            return {**claims, "sub": UUID(claims["sub"]), "sid": UUID(claims["sid"])}
        except jwt.ExpiredSignatureError:
            raise not_signed_in("token_expired", "The access token has expired; refresh it.") from None
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
            raise _not_ours() from None


def load_tokens(settings: Settings) -> Tokens:
    """Build the tokens from the settings' key folder; SettingsError says what is missing."""
    keys: dict[str, ec.EllipticCurvePrivateKey] = {}
    for file in sorted(settings.token_keys_folder.glob("*.pem")):
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SettingsError(f"{file} is not an elliptic curve private key.")
        keys[file.stem] = key
    if not keys:
        raise SettingsError(
            f"{settings.token_keys_folder} holds no signing key; `python -m hep_api.accounts.keys` makes one."
        )
    return Tokens(
        keys=TokenKeys(keys, max(keys)),
        issuer=settings.token_issuer,
        life=timedelta(seconds=settings.access_token_seconds),
        refresh_life=timedelta(days=settings.refresh_token_days),
    )


def tokens() -> Tokens:
    """Return the current app's tokens."""
    found: Tokens = current_app.extensions["hep_tokens"]
    return found


def _not_ours() -> Problem:
    return not_signed_in("token_invalid", "The access token is not one of ours.")
