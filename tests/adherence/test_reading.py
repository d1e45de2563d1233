"""The quick way of reading an item takes exactly what the schema takes, and makes the same of it."""

import json
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from hep_api.adherence import reading
from hep_api.adherence.reports import Report
from hep_api.adherence.schemas.uploads import EventIn
from hep_api.foundation.errors import FieldError
from tests.adherence.conftest import event
from tests.adherence.test_uploading import REFUSED

SCHEMA = EventIn()
PRESCRIPTION = UUID(int=7)

odd = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        7.0,
        7.5,
        -1,
        10**17,
        "",
        "7",
        "x",
        [],
        {},
        "2026-05-06",
        "2026-05-06T10:00:00Z",
        "\ud800",
        "\x00",
    ]
)
good: dict[str, st.SearchStrategy[Any]] = {
    "entry_id": st.sampled_from([str(PRESCRIPTION), "A" * 8 + "-0000-4000-8000-" + "0" * 12]),
    "revision": st.integers(0, 3),
    "kind": st.sampled_from(["done", "partial", "skipped", "void"]),
    "slot": st.integers(1, 3),
    "performed_at": st.sampled_from(
        ["2026-05-06T10:00:00.5+02:00", "2026-05-06t10:00:00Z", "2026-05-06T10:00:00-11:30"]
    ),
    "sets": st.sampled_from([0, 3, 3.0]),
    "seconds": st.integers(0, 90),
    "sides": st.integers(1, 2),
    "load": st.sampled_from([{"unit": "kg", "value": 2.5}, {"unit": "band", "colour": "red"}, {"unit": "kg"}]),
    "pain": st.integers(0, 11),
    "difficulty": st.sampled_from(["right", "wrong"]),
    "comment": st.text(max_size=5),
    "skip_reason": st.just("pain"),
    "reason": st.just(""),
    "source": st.sampled_from(["carer", "paper", "nurse", None]),
}
changes = st.dictionaries(st.sampled_from([*good, "id", "zone", "performed_on", "version", "mood"]), odd, max_size=2)


def by_schema(item: Any) -> Report | None:
    try:
        return SCHEMA.load(item)
    except ValidationError:
        return None


@settings(max_examples=250, deadline=None)
@given(st.fixed_dictionaries({}, optional=good), changes, st.sets(st.sampled_from(["id", "zone", "kind"]), max_size=1))
def test_the_quick_way_equals_the_schema(
    fields: dict[str, Any], odd_fields: dict[str, Any], left_out: set[str]
) -> None:
    item = {**event(PRESCRIPTION, id=str(UUID(int=9))), **fields, **odd_fields}
    item = {name: value for name, value in item.items() if name not in left_out}
    found, expected = reading.read_item(item), by_schema(item)
    assert found == expected if expected is not None else isinstance(found, FieldError)
    quick = reading.read_quickly(item)
    assert quick == expected


def test_what_the_door_refuses_is_refused_in_both_ways() -> None:
    for fields, _, rule in REFUSED:
        item = event(**{"prescription_id": PRESCRIPTION, **fields})
        assert (reading.read_quickly(item) is None) == (by_schema(item) is None), (fields, rule)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_an_item_of_any_type_is_read_or_refused(item: Any) -> None:
    assert isinstance(reading.read_item(item), FieldError)
    assert reading.id_of(item) is None
    json.dumps(reading.read_item({"id": item, "\ud800": item}).as_json(), ensure_ascii=False).encode()  # type: ignore[union-attr]
