"""The short way through a field takes exactly what the field takes, and refuses by the same rule."""

from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from hep_api.adherence.entries import EventKind
from hep_api.foundation.web.fields import Choice, Day, Id, Instant, Text, Whole, Zone
from hep_api.foundation.web.taking import taker

ID = "0197f000-aaaa-7bbb-8ccc-00000000000F"
VALUES = [
    *(None, True, False, 0, 1, 10, 11, 7.0, 7.5, -1, 10**30, float("nan"), "", " ", "x", " x", "x" * 6, "7", [], {}),
    *("done", "DONE", "void", "e\u0301", "\u00e9", "\x00", "a\nb", "\x7f", "\ud800", "Europe/Berlin", "Factory"),
    *("2026-02-28", "2026-02-29", "1899-12-31", "2026-W09-1", "\uff12026-02-28", "2026-02-28\n"),
    *("2026-02-28T10:00:00Z", "2026-02-28t10:00:00.5+02:00", "2026-02-28T10:00:00", "2026-02-28T10:00:00+15:00"),
    *(
        ID,
        ID.lower(),
        ID.replace("-", ""),
        "{" + ID + "}",
        ID + "\n",
        ID[:-1],
        ID.replace("0", "\u0660"),
        b"2026-02-28",
    ),
]
FIELDS = [
    Whole(least=0, most=10),
    Whole(least=0, most=10, allow_none=True),
    Whole(least=0, most=10, validate=validate.OneOf([7])),
    Choice(EventKind),
    Text(most=5),
    Text(least=0, most=5, lines=True, allow_none=True),
    Zone(),
    Id(),
    Id(allow_none=True),
    Day(),
    Instant(),
    fields.Boolean(),
]


def outcome(take: Any, value: Any) -> Any:
    try:
        found = take(value)
    except ValidationError as error:
        return [getattr(each, "rule", str(each)) for each in error.messages]
    return type(found), found


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
def test_it_takes_and_refuses_what_the_field_does_also_the_second_time(field: fields.Field[Any]) -> None:
    take = taker(field)
    for value in VALUES * 2:
        assert outcome(take, value) == outcome(field.deserialize, value), value
