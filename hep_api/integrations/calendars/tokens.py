"""The tokens in the addresses of feeds: which feed of which clinic, and a secret of 256 random bits.

The clinic is in it, as whoever fetches a calendar is not signed in and shows nothing else.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from uuid import UUID

SECRET_BYTES = 32
_IDS_BYTES = 32
# 64 bytes in base64, without the padding.
_CHARACTERS = 86


@dataclass(frozen=True, slots=True)
class FeedToken:
    clinic_id: UUID
    feed_id: UUID
    secret: bytes

    def __str__(self) -> str:
        return urlsafe_b64encode(self.clinic_id.bytes + self.feed_id.bytes + self.secret).decode().rstrip("=")


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def digest_of(secret: bytes) -> bytes:
    """Return what is kept of a secret. It is random and long, so a plain digest cannot be guessed back."""
    return hashlib.sha256(secret).digest()


def is_secret(secret: bytes, digest: bytes) -> bool:
    """Say whether the digest is the secret's, in a time that tells nothing."""
    return hmac.compare_digest(digest_of(secret), digest)


def read_token(text: str) -> FeedToken | None:
    """Return what a token says; None for what is no token of ours."""
    if len(text) != _CHARACTERS or not text.isascii():
        return None
    try:
        said = urlsafe_b64decode(f"{text}==")
    except Error:
        return None
    if len(said) != _IDS_BYTES + SECRET_BYTES:
        return None
    token = FeedToken(UUID(bytes=said[:16]), UUID(bytes=said[16:_IDS_BYTES]), said[_IDS_BYTES:])
    # Two spellings of one token would be two addresses of one feed.
    return token if str(token) == text else None
