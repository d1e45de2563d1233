"""What Google says about when to come back is not listened to."""

from typing import Any

from hep_api.notifications.delivery import fcm
from torture.broken.taking import replacing


def do() -> None:
    replacing(fcm, "retry_after", _never)


def _never(*_: Any) -> None:
    """Find nothing in the header."""
