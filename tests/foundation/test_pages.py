"""Pages hang together without a gap or a repeat, and a cursor that we did not make is refused."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from hep_api.foundation.errors import Problem
from hep_api.foundation.web import pages
from tests.world import Person, World

ROWS = "/v1/probe/rows"
NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.fixture
def owner(probing: World) -> Person:
    for number in range(7):
        probing.anyone().post(ROWS, json={"word": f"row {number % 2}"})
    return probing.owner(probing.clinic())


def test_pages_give_every_row_once_in_order(owner: Person) -> None:
    everything = owner.http.get(f"{ROWS}?limit=200").json
    assert everything["next_cursor"] is None
    seen, cursor, asked = [], None, 0
    while asked == 0 or cursor:
        page = owner.http.get(ROWS, query_string={"limit": 3} | ({"cursor": cursor} if cursor else {})).json
        assert len(page["items"]) <= 3
        seen += page["items"]
        cursor, asked = page["next_cursor"], asked + 1
    assert seen == everything["items"]
    assert asked == -(-len(seen) // 3)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "=",
        "%00",
        "A" * 2000,
        cursor_of(None),
        cursor_of({}),
        cursor_of([]),
        cursor_of(["a"]),
        cursor_of(["a", 1, 2]),
        cursor_of([1, 1]),
        cursor_of(["a", "1"]),
        cursor_of(["a", True]),
        cursor_of(["a", 1.5]),
        cursor_of(["a", 2**31]),
        cursor_of(["a", -(2**31) - 1]),
        cursor_of(["a", 10**30]),
        cursor_of(["a\x00", 1]),
        cursor_of(["\ud800", 1]),
        base64.urlsafe_b64encode(b'["a", NaN]').decode(),
        base64.urlsafe_b64encode(b"[" * 1400).decode(),
        base64.urlsafe_b64encode(b'["\xff", 1]').decode(),
    ],
)
def test_a_cursor_that_we_did_not_make_is_refused(owner: Person, cursor: str) -> None:
    answer = owner.http.get(ROWS, query_string={"cursor": cursor})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] in (["cursor"], ["/cursor"])


def test_a_cursor_keeps_every_kind_of_key() -> None:
    key = ("Zoë \U0001f9b5", -5, uuid4(), date(2028, 2, 29), NOW)
    assert pages.decode(pages.encode(key), str, int, UUID, date, datetime) == key


def test_a_number_is_as_wide_as_its_column() -> None:
    for kind, bits in ((int, 32), (pages.Big, 64)):
        least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        assert pages.decode(cursor_of([least, most]), kind, kind) == (least, most)
        for beyond in (least - 1, most + 1):
            with pytest.raises(Problem):
                pages.decode(cursor_of([beyond]), kind)


@pytest.mark.parametrize(
    "instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-29T01:30:00", "x"]
)
def test_an_instant_that_could_not_be_compared_is_refused(instant: str) -> None:
    with pytest.raises(Problem):
        pages.decode(cursor_of([instant]), datetime)
