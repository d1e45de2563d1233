"""What pushes are addressed to, as a phone or a browser says it: which forms are taken, and what stands for one in
places where the value itself must not.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.notifications.delivery import endpoints
from hep_api.notifications.models.devices import DeviceKind

LONGEST_VALUE = 4096
# As Firebase makes them, promising no length: tokens have a colon in the middle, installation ids 22 letters.
FORMS: Mapping[DeviceKind, re.Pattern[str]] = {
    DeviceKind.FCM_TOKEN: re.compile(r"[A-Za-z0-9_:.%=~+/-]{1,4096}", re.ASCII),
    DeviceKind.FCM_INSTALLATION: re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where pushes to one device go; the keys are a browser's, in base64url without padding."""

    kind: DeviceKind
    value: str = field(repr=False)
    p256dh: str | None = field(default=None, repr=False)
    auth: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> bytes:
        """Return what stands for the address: values are long and random, so it cannot be guessed back."""
        return hashlib.sha256(f"{self.kind.value} {self.value}".encode()).digest()


def address_of(
    kind: DeviceKind, value: str, keys: Mapping[str, str] | None, push_services: Collection[str] | None
) -> Address:
    """Return the address that was said; 422 for a form that nobody makes. `push_services`: hosts of browsers' push
    services, None where browsers are not served, 409.
    """
    if kind is DeviceKind.WEB_PUSH:
        return _of_browser(value, keys, push_services)
    if keys is not None:
        raise invalid_field("/keys", "kind", "Only the subscription of a browser has keys.")
    if not FORMS[kind].fullmatch(value):
        raise invalid_field("/value", "form", "Must be as Firebase made it.")
    return Address(kind, value)


def _of_browser(value: str, keys: Mapping[str, str] | None, push_services: Collection[str] | None) -> Address:
    if push_services is None:
        raise Problem("web_push_not_configured", 409, "This installation pushes to no browsers.")
    if endpoints.host_of(value, push_services) is None:
        raise invalid_field("/value", "push_service", "Must be an endpoint of a push service that is known here.")
    if keys is None:
        raise invalid_field("/keys", "required", "A browser's subscription has keys.")
    p256dh, auth = endpoints.public_key(keys["p256dh"]), endpoints.secret(keys["auth"])
    if p256dh is None:
        raise invalid_field("/keys/p256dh", "form", "Must be a point of P-256 in base64url.")
    if auth is None:
        raise invalid_field("/keys/auth", "form", "Must be 16 bytes in base64url.")
    return Address(DeviceKind.WEB_PUSH, value, p256dh, auth)
