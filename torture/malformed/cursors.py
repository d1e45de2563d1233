"""Cursors that read as ours do and hold what no list of ours put in: numbers that no column holds, the ends of time."""

import base64
import json
from typing import Any

NUMBERS = (2**31, -(2**31) - 1, 2**40, 2**62, 2**63 - 1, 2**63, -(2**63) - 1)
DAYS = ("0001-01-01", "9999-12-31")
INSTANTS = ("1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00", "9999-12-31T23:59:59-14:00")
AN_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def written(key: Any) -> str:
    """Return a sort key as a cursor holds it."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def altered(cursor: str, number: int) -> list[str]:
    """Return a cursor of a list's own, for each number in it one that has another number there."""
    key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    places = [place for place, part in enumerate(key) if isinstance(part, int)]
    return [written([*key[:place], number, *key[place + 1 :]]) for place in places]


def with_number(number: int) -> list[str]:
    """Return a cursor of each shape that lists give with numbers in it."""
    day, instant = "2026-01-01", "2026-01-01T00:00:00+00:00"
    shapes: list[list[Any]] = [
        [number],
        [number, number],
        [instant, number],
        [number, number, AN_ID],
        [0, number, AN_ID],
    ]
    return [written(key) for key in [*shapes, [number, day, AN_ID]]]


WITH_NUMBERS = [cursor for number in NUMBERS for cursor in with_number(number)]
OF_NO_LIST: list[Any] = [[], {}, None, [AN_ID], [True], [1.0], ["1"], [None, AN_ID], [[1]], [float("nan")]]
OTHERS = [
    *(written([text, AN_ID]) for text in (*DAYS, *INSTANTS, "", "\x00", "\ufffe", "x" * 500)),
    *map(written, OF_NO_LIST),
    "",
    "W10",
    "=",
    "\xff",
]
CURSORS: list[Any] = [*WITH_NUMBERS, *OTHERS]
