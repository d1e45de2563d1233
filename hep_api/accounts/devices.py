"""Which device a sign-in is on: what its owner calls it, and what tells it from another.

An app may make itself a random id and send it along. Only digests are kept: they tell "the same" from "another" and
say nothing of the person, the place or the make of the phone.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from flask import request


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in; without an id of its own it is told from no other device."""

    name: str
    id: UUID | None = None

    @property
    def digest(self) -> bytes | None:
        return None if self.id is None else _digest(f"id {self.id}")


def digest_of_asking(device_id: UUID | None) -> bytes:
    """Return what tells the device of this request from others: its id, else how its client names itself."""
    return _digest(f"id {device_id}" if device_id else f"agent {request.user_agent.string}")


def _digest(what: str) -> bytes:
    return hashlib.sha256(what.encode("utf-8", "surrogatepass")).digest()
