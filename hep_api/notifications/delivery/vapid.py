"""The key by which we are known to browsers' push services (VAPID, RFC 8292), and what a host says about them.

Subscriptions are made for one public key and good for no other: who loses the file makes every browser subscribe anew.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app

from hep_api.foundation.settings import Settings, SettingsError
from hep_api.notifications.delivery.endpoints import encoded

CONTACT = re.compile(r"mailto:[^@\s]+@[a-z0-9-]+(\.[a-z0-9-]+)+|https://[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.ASCII)
LIBRARY = "pywebpush"


@dataclass(frozen=True, slots=True)
class Browsers:
    """What pushing to browsers takes: our key, whom a push service may write to, and which services are known."""

    key: ec.EllipticCurvePrivateKey
    contact: str
    hosts: Collection[str]

    @property
    def public_key(self) -> str:
        """Return the application server key, as PushManager.subscribe takes it."""
        form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return encoded(self.key.public_key().public_bytes(*form))

    def __repr__(self) -> str:
        return "Browsers()"


def load_browsers(settings: Settings) -> Browsers | None:
    """Read what the settings name; None where browsers are not served: without a key, or without the library."""
    if not settings.web_push_key_file:
        return None
    if not CONTACT.fullmatch(settings.web_push_contact):
        raise SettingsError(
            "HEP_WEB_PUSH_CONTACT is to be as mailto:it@clinic.example, as there is a key for web push."
        )
    if wrong := [host for host in settings.web_push_hosts if not HOST.fullmatch(host)]:
        raise SettingsError(f"HEP_WEB_PUSH_HOSTS names hosts, as push.example or *.push.example; not {wrong[0]}.")
    key = _read(Path(settings.web_push_key_file))
    return Browsers(key, settings.web_push_contact, settings.web_push_hosts) if find_spec(LIBRARY) else None


def browsers() -> Browsers | None:
    """Return what the current app pushes to browsers by; None when it does not."""
    found: Browsers | None = current_app.extensions["hep_browsers"]
    return found


def make_key(file: Path) -> str:
    """Write a new key to a file that is not there yet, for nobody else to read, and return its public part."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(pem)
    return Browsers(key, "", ()).public_key


def _read(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"HEP_WEB_PUSH_KEY_FILE cannot be read ({type(error).__name__}).") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SettingsError("HEP_WEB_PUSH_KEY_FILE holds no P-256 key; `flask push make-web-key` makes one.")
    return key
