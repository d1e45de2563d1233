"""Whoever has the newest answer gets 304; whoever changes an older version is refused, and nothing changes."""

from typing import Any

import pytest

from tests.world import Person, World

ROWS = "/v1/probe/rows"


@pytest.fixture
def owner(probing: World) -> Person:
    return probing.owner(probing.clinic())


@pytest.fixture
def row(probing: World) -> Any:
    return probing.anyone().post(ROWS, json={"word": "a"})


def grow(owner: Person, row: Any, if_match: str | None) -> Any:
    headers = {"If-Match": if_match} if if_match else {}
    return owner.http.post(f"{ROWS}/{row.json['id']}/version", headers=headers)


def test_the_newest_answer_is_not_sent_again(owner: Person, row: Any) -> None:
    first = owner.http.get(ROWS)
    again = owner.http.get(ROWS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers
    weak = owner.http.get(ROWS, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert weak.status_code == 304


def test_a_changed_answer_is_sent_with_its_new_tag(probing: World, owner: Person, row: Any) -> None:
    first = owner.http.get(ROWS)
    probing.anyone().post(ROWS, json={"word": "one more"})
    again = owner.http.get(ROWS, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_a_change_of_the_newest_version_is_made_and_answers_the_next_tag(owner: Person, row: Any) -> None:
    second = grow(owner, row, row.headers["ETag"])
    assert (second.status_code, second.json["version"]) == (200, 2)
    third = grow(owner, row, second.headers["ETag"])
    assert (third.status_code, third.json["version"]) == (200, 3)


def test_a_change_of_an_older_version_is_refused(owner: Person, row: Any) -> None:
    grow(owner, row, row.headers["ETag"])
    late = grow(owner, row, row.headers["ETag"])
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")


def test_a_change_that_names_no_version_is_refused(owner: Person, row: Any) -> None:
    blind = grow(owner, row, None)
    assert (blind.status_code, blind.json["code"]) == (428, "if_match_missing")


@pytest.mark.parametrize("tag", ['"x"', "x", 'W/"x"', "\x7f", '"' + "x" * 5000 + '"'])
def test_a_tag_of_another_is_no_match(owner: Person, row: Any, tag: str) -> None:
    assert grow(owner, row, tag).status_code == 412


def test_a_weak_tag_is_no_match_for_a_change(owner: Person, row: Any) -> None:
    assert grow(owner, row, f"W/{row.headers['ETag']}").status_code == 412
