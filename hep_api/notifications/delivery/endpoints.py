"""Which subscriptions of browsers are taken: those of known push services, with keys that something can be sealed for.

An endpoint is an address that we are told to send to by whoever registers it. Only hosts of the settings are taken, by
https on its usual port, written in the plainest form, so that nobody reads another host in it than we do.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection

from cryptography.hazmat.primitives.asymmetric import ec

LONGEST_ENDPOINT = 2048
# Of a host and of one of its labels (RFC 1035): what is longer leads nowhere, and libraries trip over it.
LONGEST_HOST, LONGEST_LABEL = 253, 63
ENDPOINT = re.compile(
    r"https://(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?P<path>/[A-Za-z0-9._~%!$&'()*+,;=:/?-]+)",
    re.ASCII,
)
PUBLIC_KEY_BYTES, SECRET_BYTES = 65, 16


def host_of(endpoint: str, hosts: Collection[str]) -> str | None:
    """Return the push service's host where the endpoint leads to one of `hosts` (names, or *.name), else None."""
    said = ENDPOINT.fullmatch(endpoint) if len(endpoint) <= LONGEST_ENDPOINT else None
    host = said["host"] if said else ""
    if len(host) > LONGEST_HOST or any(len(label) > LONGEST_LABEL for label in host.split(".")):
        return None
    return host if host and any(_is_one(host, known) for known in hosts) else None


def public_key(text: str) -> str | None:
    """Return a browser's public key in base64url without padding; None for what is no point of P-256."""
    point = _decoded(text)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None
    return encoded(point) if len(point) == PUBLIC_KEY_BYTES else None


def secret(text: str) -> str | None:
    """Return a browser's secret in base64url without padding; None for one of another length."""
    raw = _decoded(text)
    return encoded(raw) if len(raw) == SECRET_BYTES else None


def encoded(raw: bytes) -> str:
    """Return base64url without padding, as web push writes everything."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}={0,2}", text, re.ASCII):
        return b""
    bare = text.rstrip("=")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return b""


def _is_one(host: str, known: str) -> bool:
    return host.endswith(known.removeprefix("*")) if known.startswith("*.") else host == known
