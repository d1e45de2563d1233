"""The short way through a schema loads what the schema loads, and refuses in the schema's own words."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validates, validates_schema

from hep_api.foundation.web.fields import Text, Whole
from hep_api.foundation.web.schemas import In
from hep_api.foundation.web.taking_bodies import body_taker
from hep_api.messaging.socket import MessagingDoor
from tests.foundation.test_taking import ID, VALUES

BODIES = 300
KNOWN = [*VALUES, ID, ID, {"kind": "plan", "id": ID}, [ID], [ID, "x"], {"kind": 1}, "thumbs_up", "typing", "two\nlines"]


class PlainIn(In):
    text = Text(most=5, required=True, data_key="the text", attribute="words")
    count = Whole(least=1, most=9)
    many = fields.List(Whole(least=1, most=2), load_default=list)
    none = Whole(least=1, most=9, allow_none=True, load_default=None)

    @validates_schema
    def asks_of_the_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("count") == len(data.get("words", "")):
            raise ValidationError("alike", "count")


class ChangedBeforeIn(PlainIn):
    @pre_load
    def change(self, data: Any, **_: Any) -> Any:
        return {**data, "count": 3} if isinstance(data, dict) else data


class ChangedAfterIn(PlainIn):
    @post_load
    def change(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "after": True}


class ChangedFieldIn(In):
    text = Text(most=5, required=True, pre_load=lambda value: str(value)[:5], post_load=lambda text: text[::-1])


class OneAskedIn(PlainIn):
    @validates("count")
    def is_odd(self, count: int, **_: Any) -> None:
        if not count % 2:
            raise ValidationError("even")


class OriginalAskedIn(PlainIn):
    @validates_schema(pass_original=True)
    def looks_at_what_came(self, data: dict[str, Any], original: Any, **_: Any) -> None:
        if len(original) == 3:
            raise ValidationError("three")


class MoreIn(PlainIn):
    class Meta:
        unknown = EXCLUDE


OWN = [PlainIn, ChangedBeforeIn, ChangedAfterIn, ChangedFieldIn, OneAskedIn, OriginalAskedIn, MoreIn]
COMMANDS = [
    declared.takes
    for name in dir(MessagingDoor)
    if (declared := getattr(getattr(MessagingDoor, name), "declaration", None))
]


def outcome(load: Callable[[Any], Any], body: Any) -> tuple[bool, Any]:
    try:
        return True, load(body)
    except ValidationError as error:
        return False, error.messages


def bodies(schema: Schema, lot: random.Random) -> list[Any]:
    """Bodies of the schema's fields, mostly with values that suit one, sometimes lacking one or with another."""
    names = [field.data_key or name for name, field in schema.load_fields.items()]
    suiting = {name: [value for value in KNOWN if _suits(schema, name, value)] or KNOWN for name in names}
    made: list[Any] = [None, [], "x", {}]
    for _ in range(BODIES):
        body = {
            name: lot.choice(suiting[name] if lot.random() < 0.85 else KNOWN) for name in names if lot.random() < 0.8
        }
        made.append({**body, "unknown": 1} if lot.random() < 0.1 else body)
    return made


def _suits(schema: Schema, name: str, value: Any) -> bool:
    try:
        schema.load({name: value}, partial=True)
    except ValidationError as error:
        return name not in error.messages
    except (KeyError, TypeError):  # What asks of the whole met a part.
        return True
    return True


@pytest.mark.parametrize("kind", [*OWN, *sorted(set(COMMANDS), key=lambda kind: kind.__name__)])
def test_it_loads_and_refuses_as_the_schema_does(kind: type[Schema]) -> None:
    schema = kind()
    take, loaded = body_taker(schema), 0
    for body in bodies(schema, random.Random(7)):
        by_schema = outcome(schema.load, body)
        assert outcome(take, body) == by_schema, body
        loaded += by_schema[0]
    assert 10 < loaded < BODIES, "both are to happen"


def test_only_a_schema_that_asks_its_fields_and_the_whole_has_a_short_way() -> None:
    short = [kind for kind in [*OWN, *COMMANDS] if body_taker(kind()).__module__ == body_taker.__module__]
    assert short == [PlainIn, ChangedFieldIn, *COMMANDS]
