"""What the chain says of rows that do not follow from each other; no database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hep_api.audit.chain import START, Finding, Link, canonical, follow, hash_of

Row = tuple[list[Any], bytes, bytes]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def chained(count: int, start: Link = START) -> list[Row]:
    rows: list[Row] = []
    for number in range(start.seq + 1, start.seq + count + 1):
        before = rows[-1][2] if rows else start.hash
        fields = ["clinic", number, NOON + timedelta(minutes=number), "get_plan", "allowed", *[None] * 9]
        rows.append((fields, before, hash_of(before, fields)))
    return rows


def wrong(rows: list[Row], start: Link = START) -> list[tuple[int, str]]:
    return [(found.seq, found.words) for found in follow(rows, start) if isinstance(found, Finding)]


def rehashed(row: Row, **change: Any) -> Row:
    fields, before, _ = row
    return fields, change.get("before", before), hash_of(change.get("before", before), fields)


def remove_third(rows: list[Row]) -> None:
    del rows[2]


def remove_third_to_fifth(rows: list[Row]) -> None:
    del rows[2:5]


def change_third(rows: list[Row]) -> None:
    rows[2][0][3] = "get_nothing"


def change_third_and_its_hash(rows: list[Row]) -> None:
    rows[2][0][3] = "get_nothing"
    rows[2] = rehashed(rows[2])


def swap_third_and_fifth(rows: list[Row]) -> None:
    rows[2], rows[4] = rows[4], rows[2]
    rows[2][0][1], rows[4][0][1] = 3, 5


def hang_third_on_another(rows: list[Row]) -> None:
    rows[2] = rehashed(rows[2], before=rows[0][2])


def turn_the_clock_back(rows: list[Row]) -> None:
    rows[2][0][2] = NOON
    rows[2] = rehashed(rows[2])
    for place in range(3, len(rows)):
        rows[place] = rehashed(rows[place], before=rows[place - 1][2])


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (remove_third, {3}),
        (remove_third_to_fifth, {3}),
        (change_third, {3}),
        (change_third_and_its_hash, {4}),
        (swap_third_and_fifth, {3, 4, 5, 6}),
        (hang_third_on_another, {3, 4}),
        (turn_the_clock_back, {3}),
    ],
)
def test_what_was_done_to_a_row_is_named_there_and_not_on_all_after_it(
    tamper: Callable[[list[Row]], None], named: set[int]
) -> None:
    rows = chained(8)
    assert wrong(rows) == []
    tamper(rows)
    assert {seq for seq, _ in wrong(rows)} == named


def test_missing_rows_are_counted() -> None:
    rows = chained(8)
    del rows[2:5]
    assert wrong(rows) == [(3, "is missing, and so is every row to 5")]


def test_a_chain_that_was_cut_off_at_its_beginning_goes_on_from_there() -> None:
    rows = chained(8)
    assert wrong(rows[3:], Link(3, rows[2][2])) == []
    assert wrong(rows[3:], Link(3, b"another")) == [(4, "does not follow from the row before it")]


def test_fields_cannot_flow_into_each_other() -> None:
    assert canonical(["a", "b"]) != canonical(['a", "b'])
    assert canonical([None, ""]) != canonical(["", None])
    assert canonical(["1"]) == canonical([1])
    assert canonical(["é\n\x01"]) == '["é\\n\\u0001"]'
