"""Messaging was not told that a patient is erased."""

from hep_api.messaging.erasing import conversations as erasing
from torture.broken.taking import replacing


def do() -> None:
    replacing(erasing, "erase_messaging", lambda *_: None)
