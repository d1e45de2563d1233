"""That Google knows a phone no more is not remembered: the next push goes there too."""

from typing import Any

from hep_api.notifications.actions import noting_answers
from torture.broken.taking import replacing


def do() -> None:
    replacing(noting_answers, "end_device", _not_at_all)


def _not_at_all(*_: Any) -> None:
    """Let the device be."""
