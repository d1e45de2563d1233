"""The short way through a strict field, for doors that read many small objects: what nearly every sender sends is taken
at once, anything else goes through the field itself, which alone decides and words the refusal.

What is short is made of the field's own bounds, so that the schema stays the one contract.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text, Whole, Zone, known_zones

Take = Callable[[Any], Any]

REMEMBERED = 4096


def taker(field: fields.Field[Any]) -> Take:
    """Return what loads one value as `field.deserialize` would; it raises the same ValidationError."""
    make = _WAYS.get(type(field))
    if make is None or not _is_bound_by(field, validate.Range, validate.Length):
        return field.deserialize
    return make(field)


def _is_bound_by(field: fields.Field[Any], *known: type[validate.Validator]) -> bool:
    """Say whether a field asks nothing but its own bounds."""
    return len(field.validators) <= 1 and all(isinstance(each, known) for each in field.validators)


def _whole(field: Whole) -> Take:
    (bounds,) = field.validators
    assert isinstance(bounds, validate.Range)
    least, most, slowly = bounds.min, bounds.max, field.deserialize

    def take(value: Any) -> Any:
        return value if type(value) is int and least <= value <= most else slowly(value)

    return take


def _choice(field: Choice) -> Take:
    known, slowly = {member.value: member for member in field.choices}, field.deserialize

    def take(value: Any) -> Any:
        return known[value] if type(value) is str and value in known else slowly(value)

    return take


def _text(field: Text) -> Take:
    least, most, slowly = field.least, field.most, field.deserialize

    def take(value: Any) -> Any:
        # Printable ASCII is in NFC and has no control characters; blanks are for the field to judge.
        plain = type(value) is str and value.isascii() and value.isprintable()
        return value if plain and least <= len(value) <= most and value[:1] > " " else slowly(value)

    return take


def _zone(field: Zone) -> Take:
    zones, slowly = known_zones(), field.deserialize

    def take(value: Any) -> Any:
        return value if type(value) is str and value in zones else slowly(value)

    return take


def _by(read: Callable[[str], Any]) -> Callable[[fields.Field[Any]], Take]:
    """Return a maker of takers that read texts by a rule of `strict_values`."""

    def make(field: fields.Field[Any]) -> Take:
        slowly = field.deserialize

        def take(value: Any) -> Any:
            return read(value) if type(value) is str else slowly(value)

        return take

    return make


# One phone names the same few prescriptions and dates over and over; what is refused is not remembered.
@lru_cache(REMEMBERED)
def _day(text: str) -> date:
    return strict_values.day(text)


@lru_cache(REMEMBERED)
def _identifier(text: str) -> UUID:
    return strict_values.identifier(text)


_WAYS: dict[type[Any], Callable[[Any], Take]] = {
    Whole: _whole,
    Choice: _choice,
    Text: _text,
    Zone: _zone,
    Id: _by(_identifier),
    Day: _by(_day),
    Instant: _by(strict_values.instant),
}
