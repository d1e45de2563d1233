"""Cursor pages: `limit` and an opaque `cursor`; the answer names the next one, null on the last page.

A cursor holds only the sort key of the last row. It grants nothing: every page is scoped by the viewer again.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from hep_api.foundation.errors import Problem, invalid_field

Row = TypeVar("Row")
DEFAULT_LIMIT = 50
MOST = 200


class Big(int):
    """Says in `decode` that a whole number stands beside a bigint; a plain `int` stands beside an integer."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows and the cursor of the next, None when there is none."""

    items: Sequence[Row]
    next_cursor: str | None


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> Page[Row]:
    """Make a page from up to `limit` + 1 rows fetched in order; `key` gives the sort key of a row."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page(kept, encode(key(kept[-1])) if more else None)


def encode(key: Sequence[Any]) -> str:
    # Letters as they are: escaped ones would make six of each, and names may be long.
    text = json.dumps([str(part) if not isinstance(part, int) else part for part in key], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, *types: type) -> tuple[Any, ...] | None:
    """Return the sort key in a cursor as `types` (str, int, Big, UUID, date, datetime); 422 for what we did not make.

    Numbers that no column of theirs could hold are among it: a statement would fail of them.
    """
    if cursor is None:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        return tuple(_READERS[kind](part) for kind, part in zip(types, parts, strict=True))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error, OverflowError):
        raise _not_ours() from None


def _not_ours() -> Problem:
    return invalid_field("/cursor", "cursor", "Use a next_cursor that this list returned, unchanged.")


def _text(part: Any) -> str:
    if not isinstance(part, str) or "\x00" in part or any("\ud800" <= letter <= "\udfff" for letter in part):
        raise ValueError("not text of ours")
    return part


def _whole(bits: int) -> Callable[[Any], int]:
    """Return the reader of whole numbers that fit into a column of so many bits."""

    def read(part: Any) -> int:
        if isinstance(part, bool) or not isinstance(part, int) or not -(2 ** (bits - 1)) <= part < 2 ** (bits - 1):
            raise ValueError("not a number of ours")
        return part

    return read


def _instant(part: Any) -> datetime:
    found = datetime.fromisoformat(_text(part))
    if found.tzinfo is None or not 1900 <= found.year < 2200:
        # Near the ends of Python's calendar the offset alone overflows.
        raise ValueError("not an instant of ours")
    return found


_READERS: dict[type, Callable[[Any], Any]] = {
    str: _text,
    int: _whole(32),
    Big: _whole(64),
    UUID: lambda part: UUID(_text(part)),
    date: lambda part: date.fromisoformat(_text(part)),
    datetime: _instant,
}
