"""How the text of an environment variable becomes the value of a setting, by the setting's type.

Which settings there are, and what they may say together, is decided by `settings`.
"""

from pathlib import Path
from typing import Any, NewType

# A whole number that may be zero.
Count = NewType("Count", int)


def _read_flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("say true or false")
    return text.lower() == "true"


def _read_whole(text: str) -> int:
    return int(_positive(int(text)))


def _read_count(text: str) -> Count:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
        raise ValueError("must be a number from zero up")
    return Count(int(text))


def _read_number(text: str) -> float:
    return _positive(float(text))


def _positive(number: float) -> float:
    if not 0 < number < 2**31:
        raise ValueError("must be above zero")
    return number


def _read_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


# Each raises ValueError for what it cannot read.
READERS: dict[Any, Any] = {
    str: str,
    int: _read_whole,
    Count: _read_count,
    float: _read_number,
    bool: _read_flag,
    Path: Path,
    tuple[str, ...]: _read_list,
}
