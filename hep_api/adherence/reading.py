"""Reading the items of a batch one by one: each becomes a report or the refusal of its first wrong field.

The schema is the contract. Its own loading asks every field of every item; here only the fields that an item has are
asked, the short way (`taking`). Whatever they do not take goes through the schema, which words the refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from hep_api.adherence.reports import Report
from hep_api.adherence.schemas.uploads import EventIn
from hep_api.foundation.errors import FieldError
from hep_api.foundation.web.refusals import problem_from
from hep_api.foundation.web.taking import taker

_schema = EventIn()
_fields = {field.data_key or name: (field.attribute or name, field) for name, field in _schema.fields.items()}
_takers = {key: (attribute, taker(field)) for key, (attribute, field) in _fields.items()}
_required = frozenset(key for key, (_, field) in _fields.items() if field.required)
_defaults = {attribute: field.load_default for attribute, field in _fields.values() if not field.required}


@dataclass(frozen=True, slots=True)
class Batch:
    """The items as they were sent, and what was read of each."""

    items: Sequence[Any]
    read: Sequence[Report | FieldError]


def read_batch(items: Sequence[Any]) -> Batch:
    """Read all items; this takes a while, so it is done before the patient's row is locked."""
    return Batch(items, [read_item(item) for item in items])


def read_item(item: Any) -> Report | FieldError:
    """Return the report in an item of a batch, of whatever type, or what is wrong with it."""
    if not isinstance(item, dict):
        return FieldError("", "type", "Must be an object.")
    return read_quickly(item) or _read_by_schema(item)


def id_of(item: Any) -> UUID | None:
    """Return the item's id as far as it can be read, so that the phone finds its event again."""
    try:
        return UUID(item["id"]) if len(item["id"]) == 36 else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def read_quickly(item: dict[str, Any]) -> Report | None:
    """Return the report of an item without fault; None when the schema has to say what is wrong."""
    if not (_required <= item.keys() <= _fields.keys()):
        return None
    values = dict(_defaults)
    try:
        for key, value in item.items():
            attribute, take = _takers[key]
            values[attribute] = take(value)
        _schema.refuse_what_says_nothing(values)
    except ValidationError:
        return None
    report: Report = _schema.make(values)
    return report


def _read_by_schema(item: dict[str, Any]) -> Report | FieldError:
    try:
        report: Report = _schema.load(item)
    except ValidationError as error:
        return _first(error)
    return report


def _first(error: ValidationError) -> FieldError:
    first = problem_from(error).errors[0]
    # The pointer may repeat a name that the phone made up, with half a surrogate pair that no answer can carry.
    return FieldError(first.field.encode("utf-8", "replace").decode("utf-8"), first.rule, first.detail)
