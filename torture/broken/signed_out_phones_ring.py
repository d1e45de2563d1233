"""A phone rings on after its owner has signed out on it."""

from typing import Any

from sqlalchemy import true

from hep_api.notifications.actions import ending
from hep_api.notifications.queries import devices
from torture.broken.taking import replacing


def do() -> None:
    replacing(ending, "end_of_sign_in", _not_at_all)
    # The sweep would find such a phone, too.
    for place in (devices, ending):
        replacing(place, "stands", lambda *_: true())


def _not_at_all(*_: Any) -> None:
    """Let the devices be."""
