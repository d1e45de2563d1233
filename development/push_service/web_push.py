"""Web push as a browser's push service takes it: who sends is proven by VAPID (RFC 8292), what is sent is sealed.

Sealed for the receiver alone (RFC 8291, aes128gcm of RFC 8188): the service reads it only where a test has given it
the receiver's keys, and is an independent check of whoever seals.
"""

import base64
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MOST_BYTES = 4096
MOST_SECONDS = 24 * 3600
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
URGENCIES = ("very-low", "low", "normal", "high")


class Refused(Exception):
    """The push is not taken: the status to answer with, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Browser:
    """A browser's end of a subscription: the keys that it gives to the app's server, and what it can open."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes 16"

    @property
    def p256dh(self) -> str:
        """Return its public key as a subscription names it."""
        return encoded(_point(self.key.public_key()))

    @property
    def auth(self) -> str:
        """Return its secret as a subscription names it."""
        return encoded(self.secret)

    def open(self, body: bytes) -> bytes:
        """Return what was sealed for it."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        info = b"WebPush: info\0" + _point(self.key.public_key()) + sender
        secret = _derived(shared, self.secret, info, 32)
        content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(content_key).decrypt(nonce, sealed, None)
        return padded.rstrip(b"\0").removesuffix(b"\2")


def check(headers: Any, body: bytes, endpoint: str) -> str:
    """Return the topic of a push to an endpoint, if any; Refused when a browser's push service would not take it."""
    _check_sender(headers.get("Authorization", ""), endpoint)
    if headers.get("Content-Encoding") != "aes128gcm" or not str(headers.get("TTL", "")).isdigit():
        raise Refused(400, "Content-Encoding or TTL")
    if headers.get("Urgency", "normal") not in URGENCIES:
        raise Refused(400, "Urgency")
    topic = str(headers.get("Topic", ""))
    if topic and not TOPIC.fullmatch(topic):
        raise Refused(400, "Topic")
    if len(body) > MOST_BYTES:
        raise Refused(413, "too large")
    return topic


def opened(browser: Browser | None, body: bytes) -> dict[str, Any]:
    """Return what a push says, where its receiver is known here."""
    found: dict[str, Any] = {} if browser is None else json.loads(browser.open(body))
    return found


def encoded(raw: bytes) -> str:
    """Return base64url without padding, as web push writes everything."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _check_sender(authorization: str, endpoint: str) -> None:
    found = re.fullmatch(r"vapid t=([^,\s]+),\s*k=([A-Za-z0-9_-]+)", authorization)
    if not found:
        raise Refused(401, "Authorization is no vapid")
    token, point = found[1], base64.urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(
            token,
            key,
            algorithms=["ES256"],
            audience="{0.scheme}://{0.netloc}".format(urlsplit(endpoint)),
            options={"require": ["aud", "exp", "sub"]},
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Refused(403, type(error).__name__) from error
    if not str(claims["sub"]).startswith(("mailto:", "https://")) or claims["exp"] - time.time() > MOST_SECONDS:
        raise Refused(403, "sub or exp")


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
