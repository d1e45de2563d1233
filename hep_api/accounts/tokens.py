"""Access tokens: ES256, fifteen minutes, bound to one sign-in. The algorithm comes from our key, never from the header.

Whether a token is of its time is judged here and not by the library: its clock may not be ours, and numbers that are no
instants would reach those who reckon with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from flask import current_app

from hep_api.accounts.key_folder import KeyFolder
from hep_api.accounts.verified import Verified, VerifiedTokens
from hep_api.foundation.errors import TOKEN_EXPIRED, Problem, not_signed_in
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.settings import Settings, SettingsError

ALGORITHM = "ES256"
AUDIENCE = "hep-api"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068, no secret
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid", "jti"]
# So far may the clock of the process that issued a token be ahead of ours.
SKEW_SECONDS = 30
LONGEST_LIFE_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and reads this installation's access tokens."""

    keys: KeyFolder
    issuer: str
    life: timedelta
    refresh_life: timedelta
    sign_in_life: timedelta
    verified: VerifiedTokens = field(default_factory=VerifiedTokens)

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
        key = self.keys.ring().signing(now)
        return jwt.encode(claims, key.private, ALGORITHM, headers={"kid": key.kid, "typ": TOKEN_TYPE})

    def read(self, token: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims of a token of ours, `sub` and `sid` as UUIDs; 401 for any other, expired apart."""
        try:
            read = (self._remembered(token, now) or self._verify(token, now)).claims
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError, RecursionError):
            raise _not_ours() from None
        if not _makes_sense(read["iat"], read["exp"], now):
            raise _not_ours()
        if read["exp"] <= now.timestamp():
            raise not_signed_in(TOKEN_EXPIRED, "The access token has expired; refresh it.")
        return read

    def _remembered(self, token: str, now: datetime) -> Verified | None:
        """Return what was verified of the token by the very key that verifies under its id now, if it was."""
        found = self.verified.find(token)
        if found is not None and self.keys.verifying(found.key.kid, now) is found.key:
            return found
        return None

    def _verify(self, token: str, now: datetime) -> Verified:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TOKEN_TYPE:
            raise _not_ours()
        key = self.keys.verifying(header["kid"], now)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=self.issuer,
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        read = {**claims, "sub": UUID(claims["sub"]), "sid": UUID(claims["sid"])}
        return self.verified.remember(token, key, read)


def load_tokens(settings: Settings) -> Tokens:
    """Build the tokens from the settings' key folder; SettingsError says what is missing."""
    if settings.access_token_seconds > LONGEST_LIFE_SECONDS:
        raise SettingsError("HEP_ACCESS_TOKEN_SECONDS: an access token lives for a day at most.")
    life = timedelta(seconds=settings.access_token_seconds)
    return Tokens(
        keys=KeyFolder(settings.token_keys_folder, keep=life),
        issuer=settings.token_issuer,
        life=life,
        refresh_life=timedelta(days=settings.refresh_token_days),
        sign_in_life=timedelta(days=settings.sign_in_most_days),
    )


def tokens() -> Tokens:
    """Return the current app's tokens."""
    found: Tokens = current_app.extensions["hep_tokens"]
    return found


def _makes_sense(issued_at: Any, expires_at: Any, now: datetime) -> bool:
    """Tell whether these are whole seconds of a token that we could have issued by now."""
    if type(issued_at) is not int or type(expires_at) is not int:
        return False
    return issued_at <= now.timestamp() + SKEW_SECONDS and 0 < expires_at - issued_at <= LONGEST_LIFE_SECONDS


def _not_ours() -> Problem:
    return not_signed_in("token_invalid", "The access token is not one of ours.")
