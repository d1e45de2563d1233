"""Who sends a message again is told of it under another number than the first time."""

from dataclasses import replace
from typing import Any

from hep_api.messaging import numbering
from torture.broken.taking import replacing


def do() -> None:
    replacing(numbering, "number", _another)


def _another(number: Any, *arguments: Any) -> Any:
    numbered = number(*arguments)
    if numbered.is_new:
        return numbered
    return replace(numbered, message=replace(numbered.message, seq=numbered.message.seq + 1))
