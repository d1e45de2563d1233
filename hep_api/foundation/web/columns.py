"""Which columns a list has as a table: those of its schema, in its order; what is nested is named `inner.field`.

A list within an entry stays one cell, as JSON. The entries are those that the JSON answer has, so both show the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields

ITEMS = "items"

# What stands in a cell: text that somebody may have written, or a number, or nothing.
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the keys that lead to its value in an entry."""

    name: str
    keys: tuple[str, ...]

    def of(self, entry: Mapping[str, Any]) -> Cell:
        """Return the entry's cell; None too where what holds it is null."""
        value: Any = entry
        for key in self.keys:
            if value is None:
                return None
            # What does not apply to an entry may be left out of it: a schedule of weekdays has no `n`.
            value = value.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if value is None or isinstance(value, str | int | float) else _as_json(value)


def columns_of(answer: Schema) -> Sequence[Column]:
    """Return the columns of the `items` of an answer; none for an answer that is no list."""
    listed = answer.dump_fields.get(ITEMS)
    if not isinstance(listed, fields.List) or not isinstance(listed.inner, fields.Nested):
        return ()
    return tuple(_columns(listed.inner.schema, (), frozenset()))


def _columns(schema: Schema, above: tuple[str, ...], seen: frozenset[type]) -> Iterator[Column]:
    for name, field in schema.dump_fields.items():
        keys = (*above, field.data_key or name)
        inner = field.schema if isinstance(field, fields.Nested) and not field.many else None
        if inner is None or inner.many or type(inner) in seen:
            yield Column(".".join(keys), keys)
        else:
            yield from _columns(inner, keys, seen | {type(schema)})


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
