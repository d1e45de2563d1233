"""Every field says no to what looks like its value and is not, and names the rule."""

import json
import time
from typing import Any

import pytest

from tests.world import World

PATH = "/v1/probe/fields"
HALF_A_PAIR = "\ud83d"


def post(probing: World, name: str, value: Any) -> Any:
    # As ASCII, so that half a surrogate pair travels as a phone would send it.
    return probing.anyone().post(PATH, data=json.dumps({name: value}), content_type="application/json")


@pytest.mark.parametrize(
    ("name", "value", "got"),
    [
        ("text", "ten chars!", "ten chars!"),
        ("text", "e\u0301", "\u00e9"),
        ("text", "\U0001f9b5", "\U0001f9b5"),
        ("lines", "one\n\ttwo", "one\n\ttwo"),
        ("secret", " e\u0301 ", " e\u0301 "),
        ("email", "  Kim@Example.ORG ", "kim@example.org"),
        ("whole", 7, "7"),
        ("whole", 7.0, "7"),
        ("decimal", 7, "7.0"),
        ("decimal", 0.5, "0.5"),
        ("flag", True, "True"),
        ("id", "01A200DD-5CF9-76D3-8EC4-69C63D8FB871", "01a200dd-5cf9-76d3-8ec4-69c63d8fb871"),
        ("day", "2028-02-29", "2028-02-29"),
        ("instant", "2026-11-22T08:30:00+01:00", "2026-11-22 08:30:00+01:00"),
        ("instant", "2026-11-22t08:30:00.123z", "2026-11-22 08:30:00.123000+00:00"),
        ("instant", "2026-11-22 08:30:00-03:30", "2026-11-22 08:30:00-03:30"),
        ("time", "00:00", "00:00:00"),
        ("zone", "Europe/Berlin", "Europe/Berlin"),
        ("choice", "red", "red"),
        ("several", [], "[]"),
        ("several", [1, 2, 3], "[1, 2, 3]"),
    ],
)
def test_a_good_value_is_taken_as_meant(probing: World, name: str, value: Any, got: str) -> None:
    assert post(probing, name, value).json == {"got": {name: got}}


REFUSED: list[tuple[str, Any, str]] = [
    *[("text", value, "type") for value in (7, True, ["a"], {"a": 1})],
    *[("text", value, "text") for value in ("a\x00b", HALF_A_PAIR, "a\nb", "a\x7fb", "a\x1bb", "a\x85b")],
    *[("text", value, "length") for value in ("", " ", "\u3000", "eleven char", "x" * 100_000)],
    *[("lines", value, "text") for value in ("a\x00b", HALF_A_PAIR, "a\x0bb")],
    *[("secret", value, "text") for value in ("a\x00b", HALF_A_PAIR)],
    *[("secret", value, "length") for value in ("", "x" * 11)],
    *[("email", value, "email") for value in ("kim", "kim@", "@example.org", "kim example.org", "kim@example")],
    *[("email", value, "length") for value in ("", "x" * 250 + "@example.org")],
    *[("email", value, "text") for value in ("a\x00@example.org", HALF_A_PAIR + "@example.org")],
    *[("whole", value, "type") for value in (7.9, True, False, "7", [7], {})],
    *[("whole", value, "range") for value in (-1, 11, 1e17, 10**17)],
    *[("decimal", value, "type") for value in (True, "0.5", [0.5])],
    *[("decimal", value, "range") for value in (-0.001, 10.001, 1e300, 10**17)],
    *[("flag", value, "type") for value in (0, 1, "true", "yes", [], {})],
    *[
        ("id", value, "uuid")
        for value in (7, "x", "01a200dd5cf976d38ec469c63d8fb871", "urn:01a200dd5cf976d38ec469c63d8fb871")
    ],
    *[
        ("id", value, "uuid")
        for value in ("0x_200dd-5cf9-76d3-8ec4-69c63d8fb871", "{1a200dd-5cf9-76d3-8ec4-69c63d8fb871}")
    ],
    *[("day", value, "date") for value in (20261122, "2026-11-31", "2027-02-29", "2026-W47-7", "20261122", "2026-1-2")],
    *[
        ("day", value, "date")
        for value in ("0000-00-00", "infinity", "2026-11-22T00:00:00Z", "\u0662\u0660\u0662\u0666-11-22")
    ],
    *[("day", value, "range") for value in ("1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31")],
    *[
        ("instant", value, "instant")
        for value in (1764000000, "2026-11-22", "2026-11-22T08:30:00", "20000-01-01T00:00:00Z")
    ],
    *[
        ("instant", value, "instant")
        for value in ("2026-W47-7T08:30:00Z", "2026-11-22T24:00:00Z", "2026-11-22T08:30+01:00")
    ],
    *[("instant", value, "instant") for value in ("2026-11-22T08:30:00+0100", "2026-11-22T08:30:00+01:00:30", "now")],
    *[
        ("instant", value, "range")
        for value in ("1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00")
    ],
    *[("instant", value, "range") for value in ("2026-11-22T08:30:00+23:59", "2026-11-22T08:30:00-16:00")],
    *[("time", value, "time") for value in (8, "8:30", "24:00", "08:60", "T0830", "0830Z", "08+01", "08:30:00")],
    *[
        ("zone", value, "zone")
        for value in ("Mars/Olympus", "europe/berlin", "localtime", "../../etc/passwd", "", "UTC\n")
    ],
    *[("zone", value, "text") for value in ("a\x00b", HALF_A_PAIR)],
    *[("choice", value, "choice") for value in ("green", "RED", 1, True, [], {}, ["red"], HALF_A_PAIR)],
    *[("several", value, "type") for value in ("123", 1, {"0": 1})],
    *[("several", value, "length") for value in ([1, 2, 3, 4], [1] * 100_000)],
    *[(name, None, "null") for name in ("text", "whole", "flag", "day", "several", "choice", "inner")],
]


@pytest.mark.parametrize(("name", "value", "rule"), REFUSED, ids=lambda part: repr(part)[:40])
def test_a_bad_value_is_refused_with_the_rule_that_it_breaks(probing: World, name: str, value: Any, rule: str) -> None:
    answer = post(probing, name, value)
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(f"/{name}", rule)]


def test_what_is_wrong_inside_is_named_by_its_place(probing: World) -> None:
    answer = probing.anyone().post(PATH, json={"several": [1, "2", 30], "inner": {"word": 7, "more": 1}})
    named = {(error["field"], error["rule"]) for error in answer.json["errors"]}
    assert named == {
        ("/several/1", "type"),
        ("/several/2", "range"),
        ("/inner/word", "type"),
        ("/inner/more", "unknown"),
    }


def test_text_made_to_be_slow_is_refused_fast(probing: World) -> None:
    began = time.monotonic()
    for name, accents, rule in (("text", 100_000, "length"), ("lines", 100_000, "length"), ("long", 39_000, "text")):
        answer = post(probing, name, "a" + "\u0315\u0300" * (accents // 2))
        assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(f"/{name}", rule)]
    assert time.monotonic() - began < 1


def test_a_query_is_as_strict_as_a_body(probing: World) -> None:
    someone = probing.owner(probing.clinic()).http
    for query, field, rule in (
        ("limit=0", "/limit", "range"),
        ("limit=201", "/limit", "range"),
        ("limit=7.9", "/limit", "type"),
        ("limit=+7", "/limit", "type"),
        ("limit=%D9%A7", "/limit", "type"),
        ("limit=7&limit=8", "/limit", "type"),
        ("limit=" + "9" * 5000, "/limit", "type"),
        ("limits=7", "/limits", "unknown"),
    ):
        answer = someone.get(f"/v1/probe/rows?{query}")
        assert answer.status_code == 422, query
        assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(field, rule)]
