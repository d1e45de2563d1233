"""JSON that would surprise somebody later is refused at the door: 400, one sentence, the same shape."""

import json
from time import monotonic

import pytest

from tests.world import World

PATH = "/v1/probe/fields"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"text": "a"} x', "not JSON"),
        (b"{'text': 'a'}", "not JSON"),
        (b'{"text": "a",}', "not JSON"),
        (b'{"text": "a\n"}', "not JSON"),
        (b'\xef\xbb\xbf{"text": "a"}', "not JSON: Unexpected UTF-8 BOM at character 0"),
        (b'{"text": "\xff"}', "not UTF-8"),
        (b'{"text": "\xed\xa0\x80"}', "not UTF-8"),
        ('{"text": "a"}'.encode("utf-16"), "not UTF-8"),
        (b'{"text": "a", "text": "a"}', "stands twice"),
        (b'{"inner": {"word": "a", "word": "b"}}', "stands twice"),
        (b'{"\\ud800": 1, "\\ud800": 1}', "stands twice"),
        (b'{"decimal": NaN}', "NaN"),
        (b'{"decimal": Infinity}', "Infinity"),
        (b'{"decimal": -Infinity}', "Infinity"),
        (b'{"decimal": 0.' + b"1" * 100_000 + b"}", "32 characters"),
        (b"[" * 100 + b"]" * 100, "nested deeper"),
        (b'{"inner":' * 100 + b"1" + b"}" * 100, "nested deeper"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(probing: World, body: bytes, said: str) -> None:
    answer = probing.anyone().post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["code"] == "malformed_json"
    assert said in answer.json["detail"]
    assert len(answer.data) < 1000


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        (b'{"whole": ' + b"9" * 19 + b"}", "/whole", "range"),
        (b'{"whole": -' + b"9" * 100_000 + b"}", "/whole", "range"),
        (b'{"whole": 1e999}', "/whole", "range"),
        (b'{"decimal": 1e999}', "/decimal", "range"),
        (b'{"decimal": -1e999}', "/decimal", "range"),
        (b'{"decimal": ' + b"9" * 19 + b"}", "/decimal", "range"),
        (b'{"text": ' + b"9" * 19 + b"}", "/text", "type"),
    ],
)
def test_a_number_that_nothing_can_hold_is_refused_by_its_field(
    probing: World, body: bytes, pointer: str, rule: str
) -> None:
    answer = probing.anyone().post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(pointer, rule)]


def test_a_key_that_stands_twice_among_very_many_is_found_at_once(probing: World) -> None:
    """Anybody may send this, signed in or not, and nobody else is answered meanwhile."""
    members = ",".join(f'"{number:x}":1' for number in range(150_000))
    began = monotonic()
    answer = probing.anyone().post(PATH, data=f'{{{members},"z":1,"z":2}}', content_type="application/json")
    assert answer.status_code == 400
    assert "stands twice" in answer.json["detail"]
    assert monotonic() - began < 5


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"7", b"true"])
def test_a_body_that_is_no_object_is_refused(probing: World, body: bytes) -> None:
    answer = probing.anyone().post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "", "rule": "type", "detail": "Invalid input type."}]


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_of_another_media_type_is_refused(probing: World, media_type: str | None) -> None:
    answer = probing.anyone().post(PATH, data=b'{"text": "a"}', content_type=media_type)
    assert answer.status_code == 415


def test_the_media_type_may_name_its_charset(probing: World) -> None:
    answer = probing.anyone().post(PATH, data=b'{"text": "a"}', content_type="application/json; charset=utf-8")
    assert answer.json == {"got": {"text": "a"}}


def test_depth_that_a_client_needs_is_taken(probing: World) -> None:
    answer = probing.anyone().post(PATH, json={"inner": {"word": "a"}, "several": [1]})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("unheard_of", "/unheard_of"),
        ("a/b~c", "/a~1b~0c"),
        ("\x00", "/\x00"),
        ("\ud800", "/?"),
        ("x" * 1000, "/" + "x" * 64),
    ],
)
def test_an_unknown_field_is_named_whatever_it_is_called(probing: World, name: str, pointer: str) -> None:
    answer = probing.anyone().post(PATH, data=json.dumps({name: 1}), content_type="application/json")
    assert answer.status_code == 422
    assert [(error["field"], error["rule"]) for error in answer.json["errors"]] == [(pointer, "unknown")]


def test_a_flood_of_unknown_fields_gets_a_short_answer(probing: World) -> None:
    answer = probing.anyone().post(PATH, json={f"field {number}": 1 for number in range(10_000)})
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 50
