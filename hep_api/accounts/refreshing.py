"""Refresh tokens as values: opaque, random, and only a digest is kept.

The successor of a token is derived from the token itself and a nonce kept beside its digest: whoever presents the
token again within the grace gets the same successor, and nobody can derive it from the database alone.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta

# A phone whose answer was lost asks again with the token it has; it is not a thief.
GRACE = timedelta(seconds=30)


def new_token() -> str:
    """Return the first token of a sign-in: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


def digest_of(token: str) -> bytes:
    """Return what is kept of a token. It has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


def successor_of(token: str, nonce: bytes) -> str:
    """Return the token that follows `token`."""
    mac = hmac.new(token.encode(), nonce, hashlib.sha256).digest()
    return urlsafe_b64encode(mac).decode().rstrip("=")
