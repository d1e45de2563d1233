"""Reading the items of a batch one by one: each becomes a report or the refusal of its first wrong field."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from hep_api.adherence.reports import Report
from hep_api.adherence.schemas.uploads import EventIn
from hep_api.foundation.errors import FieldError
from hep_api.foundation.web.refusals import problem_from

_schema = EventIn()


def read_item(item: Any) -> Report | FieldError:
    """Return the report in an item of a batch, of whatever type, or what is wrong with it."""
    if not isinstance(item, dict):
        return FieldError("", "type", "Must be an object.")
    try:
        report: Report = _schema.load(item)
    except ValidationError as error:
        return _first(error)
    return report


def id_of(item: Any) -> UUID | None:
    """Return the item's id as far as it can be read, so that the phone finds its event again."""
    try:
        return UUID(item["id"]) if len(item["id"]) == 36 else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _first(error: ValidationError) -> FieldError:
    first = problem_from(error).errors[0]
    # The pointer may repeat a name that the phone made up, with half a surrogate pair that no answer can carry.
    return FieldError(first.field.encode("utf-8", "replace").decode("utf-8"), first.rule, first.detail)
