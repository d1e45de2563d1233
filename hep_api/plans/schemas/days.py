"""A day in JSON as practitioners say it: a date, or the patient's today or tomorrow."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from hep_api.foundation.web import strict_values
from hep_api.plans.dating import NearDay

A_DAY = {
    "description": "a date YYYY-MM-DD, or the patient's `today` or `tomorrow`",
    "pattern": "^(today|tomorrow|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
}


class LocalDay(fields.String):
    """A calendar date, or a `NearDay`, of which only the patient's clock knows the date."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={**A_DAY, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return NearDay(value) if value in list(NearDay) else strict_values.day(value)
