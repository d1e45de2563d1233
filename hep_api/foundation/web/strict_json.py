"""JSON without surprises: what PostgreSQL or a phone would choke on later is refused at the door.

Refused: bytes that are not UTF-8, duplicate keys, NaN and Infinity, nesting past 20 levels, endless fractions.
Text (NUL, lone surrogates, length) is judged by the fields, which can name themselves; so are numbers past 18 digits,
which reach them as one that no field takes.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from hep_api.foundation.errors import Problem

DEEPEST = 20
MOST_DIGITS = 18
MOST_DIGITS_OF_A_FRACTION = 32
NESTING = (dict, list)
BEYOND_ANY_FIELD = 10**19  # past the largest number that PostgreSQL's columns hold


class _Refused(ValueError):
    """Carries the sentence for the sender."""


def loads(body: bytes) -> Any:
    """Parse a request body; raise a 400 Problem that says what is wrong with it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise malformed("The body is not UTF-8.") from None
    return loads_text(text)


def loads_text(text: str) -> Any:
    """Parse what has been decoded already, as a frame has."""
    try:
        value = DECODER.decode(text)
        if text.count("[") + text.count("{") > DEEPEST:
            _measure(value)
    except RecursionError:
        raise malformed(f"The JSON is nested deeper than {DEEPEST} levels.") from None
    except _Refused as refusal:
        raise malformed(str(refusal)) from None
    except json.JSONDecodeError as error:
        # A mark that nobody sees, so it is called by its name.
        wrong = "Unexpected UTF-8 BOM" if text.startswith("\ufeff") else error.msg
        raise malformed(f"The body is not JSON: {wrong} at character {error.pos}.") from None
    return value


def malformed(detail: str) -> Problem:
    return Problem("malformed_json", 400, detail)


def refuse_nesting(value: Any) -> None:
    """Refuse an already parsed value (a socket's) that is nested too deep."""
    try:
        _measure(value)
    except _Refused as refusal:
        raise malformed(str(refusal)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # Counted in one pass: looking for each name among all others took minutes for a body of a megabyte.
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counted.items() if count > 1)
        raise _Refused(f"The key {twice[:64]!r} stands twice in one object.")
    return members


def _constant(name: str) -> Any:
    raise _Refused(f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= MOST_DIGITS else _beyond(digits)


def _decimal(digits: str) -> float:
    if len(digits) > MOST_DIGITS_OF_A_FRACTION:
        raise _Refused(f"A number with a fraction has more than {MOST_DIGITS_OF_A_FRACTION} characters.")
    number = float(digits)
    return number if math.isfinite(number) else _beyond(digits)


def _beyond(digits: str) -> int:
    # Refusing the whole body would let one item of a batch hold up all others.
    return -BEYOND_ANY_FIELD if digits.startswith("-") else BEYOND_ANY_FIELD


def _measure(value: Any) -> None:
    level = [value] if isinstance(value, NESTING) else []
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _members(each) if isinstance(inner, NESTING)]
    if level:
        raise _Refused(f"The JSON is nested deeper than {DEEPEST} levels.")


def _members(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


# Made once: `json.loads` makes one for each call that asks for anything of its own.
DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
)
