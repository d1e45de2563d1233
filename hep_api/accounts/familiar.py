"""By what a sign-in is familiar to an account: the random id that the app made on that device, and the network address.

The id is random and known to that device and to us; an address is shared with whoever else is behind it.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from flask import has_request_context

from hep_api.foundation.web import requests
from hep_api.foundation.web.addresses import network_of


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What somebody comes from: the digest of the device, if it names itself, and the network, if it is a request."""

    device: bytes | None
    network: str | None

    def device_mark(self, account_id: UUID) -> bytes | None:
        return _mark(account_id, f"device {self.device.hex()}") if self.device else None

    def network_mark(self, account_id: UUID) -> bytes | None:
        return _mark(account_id, f"network {self.network}") if self.network else None

    def marks(self, account_id: UUID) -> list[bytes]:
        """Return the digests by which this is remembered for an account."""
        both = self.device_mark(account_id), self.network_mark(account_id)
        return [mark for mark in both if mark is not None]


def whereabouts(device: bytes | None = None) -> Whereabouts:
    """Return where this request comes from; commands come from nowhere."""
    return Whereabouts(device, network_of(requests.client_address()) if has_request_context() else None)


def _mark(account_id: UUID, what: str) -> bytes:
    """Return a digest that cannot be compared with another account's."""
    return hashlib.sha256(f"{account_id} {what}".encode()).digest()
