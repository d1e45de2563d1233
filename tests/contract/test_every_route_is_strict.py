"""Every route refuses what it cannot take in the same way, for the very person who may use it, and changes nothing."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from hep_api.foundation.web.pages import MOST
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES, fill
from tests.contract.listing import left_out, lists_of, row_of
from tests.contract.scene import Scene
from tests.world import Phone, World
from torture.matrix.asking import asked_for, send
from torture.matrix.effects import Ledger

Route = tuple[str, str]

WITH_BODY = sorted(route for route, example in EXAMPLES.items() if example.json)
WITH_IF_MATCH = sorted(route for route, example in EXAMPLES.items() if example.if_match)
WITH_ID = sorted(route for route in EXAMPLES if "_id}" in route[1])
READS = sorted(route for route in EXAMPLES if route[0] == "get" and route[1].startswith("/v1"))

UNREADABLE = {
    "cut off": (b'{"a": ', "application/json", 400),
    "a key twice": (b'{"a": 1, "a": 1}', "application/json", 400),
    "100 levels": (b'{"a":' * 100 + b"1" + b"}" * 100, "application/json", 400),
    "not UTF-8": (b'{"a": "\xff"}', "application/json", 400),
    "no object": (b"[]", "application/json", 422),
    "another media type": (b"{}", "text/plain", 415),
    "too large": (b" " * (2 * 1024 * 1024 + 1), "application/json", 413),
}


@pytest.fixture(scope="module")
def scene(app: Flask) -> Scene:
    return scenes.make(World(app))


@pytest.fixture(scope="module")
def ledger(scene: Scene) -> Iterator[Ledger]:
    """Tells what has changed: nothing, after each test."""
    with Ledger(scene) as opened:
        yield opened


def phone_of(scene: Scene, route: Route) -> Phone:
    return scene.phones[EXAMPLES[route].may[0]]


def if_match(scene: Scene, route: Route) -> dict[str, str]:
    example = EXAMPLES[route]
    return {"If-Match": example.if_match(scene, example.may[0])} if example.if_match else {}


@pytest.mark.parametrize("route", WITH_BODY, ids=" ".join)
def test_a_body_that_cannot_be_taken_is_refused(scene: Scene, ledger: Ledger, route: Route) -> None:
    method, path = route
    for name, (body, media_type, status) in UNREADABLE.items():
        answer = phone_of(scene, route).send(
            method.upper(), fill(path, scene), data=body, content_type=media_type, headers=if_match(scene, route)
        )
        assert answer.status_code == status, name
    assert not ledger.changed()


@pytest.mark.parametrize("route", WITH_BODY, ids=" ".join)
def test_a_field_that_nobody_knows_is_named(scene: Scene, ledger: Ledger, route: Route) -> None:
    method, path = route
    example = EXAMPLES[route]
    assert example.json
    body: dict[str, Any] = {**example.json(scene, example.may[0]), "unheard_of": 1}
    answer = phone_of(scene, route).send(method.upper(), fill(path, scene), json=body, headers=if_match(scene, route))
    assert answer.status_code == 422
    assert {"field": "/unheard_of", "rule": "unknown", "detail": "Unknown field."} in answer.json["errors"]
    assert not ledger.changed()


@pytest.mark.parametrize("route", WITH_IF_MATCH, ids=" ".join)
def test_a_change_needs_the_newest_version(scene: Scene, ledger: Ledger, route: Route) -> None:
    method, path = route
    example = EXAMPLES[route]
    for headers, status in (({}, 428), ({"If-Match": '"of-yesterday"'}, 412), ({"If-Match": "W/" + "x"}, 412)):
        options: dict[str, Any] = {"json": example.json(scene, example.may[0])} if example.json else {}
        answer = phone_of(scene, route).send(method.upper(), fill(path, scene), headers=headers, **options)
        assert answer.status_code == status
    assert not ledger.changed()


@pytest.mark.parametrize("route", WITH_ID, ids=" ".join)
def test_an_id_that_does_not_exist_is_not_found(scene: Scene, route: Route) -> None:
    part = "owner" if "owner" in EXAMPLES[route].may else EXAMPLES[route].may[0]
    asked = asked_for(scene, part, route)
    for unknown in (str(uuid4()), "not-an-id", "0" * 31):
        somewhere = route[1].format_map(defaultdict(lambda: unknown, number="1"))  # noqa: B023 - used at once
        answer = send(scene, part, replace(asked, address=somewhere))
        assert answer.status_code == 404, (unknown, answer.text)


@pytest.mark.parametrize("route", READS, ids=" ".join)
def test_a_read_with_an_etag_is_not_sent_twice_and_changes_nothing(scene: Scene, ledger: Ledger, route: Route) -> None:
    path, part = route[1], EXAMPLES[route].may[0]
    first = send(scene, part, asked_for(scene, part, route))
    assert first.status_code == 200
    if "ETag" in first.headers:
        again = phone_of(scene, route).get(fill(path, scene), headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert not ledger.changed()


@pytest.mark.parametrize("route", READS, ids=" ".join)
def test_a_query_is_taken_strictly(scene: Scene, route: Route) -> None:
    """Where a route takes a query, it names the parameter that it does not know; elsewhere there is nothing to take."""
    _, path = route
    answer = phone_of(scene, route).get(fill(path, scene), query_string={"unheard_of": "1"})
    asked = any(entry.get("in") == "query" for entry in _parameters(scene, path))
    assert answer.status_code == (422 if asked else 200)
    for odd in ("\x00", "9" * 400, "\u202e", "'; DROP TABLE patient; --"):
        for name in (entry["name"] for entry in _parameters(scene, path) if entry.get("in") == "query"):
            answer = phone_of(scene, route).get(fill(path, scene), query_string={name: odd})
            assert answer.status_code in (200, 422), (name, odd, answer.text)


def test_every_list_is_there_as_csv_with_the_rows_of_its_json(scene: Scene) -> None:
    found = lists_of(scene.world.app.extensions["test_contract"].document)
    assert len(found) >= 30
    for path, query in found.items():
        phone, address = phone_of(scene, ("get", path)), fill(path, scene)
        whole = {"limit": str(MOST)} if "limit" in query else {}
        file = phone.get(address, headers={"Accept": "text/csv"}, query_string={"limit": "1"} if whole else {})
        header, *lines = csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))
        rows = [tuple(cell.replace("'", "") for cell in line) for line in lines]
        # A conversation begins at its first message, where its JSON shows the last ones.
        answer = phone.get(address, query_string=whole | ({"after": "0"} if "after" in query else {})).json
        shown = [row_of(entry, header) for entry in answer["items"]]
        # The record grows by being read: a row for each page that the file turned.
        turned = len(rows) // MOST + 1
        assert len(set(shown) - set(rows)) <= turned, path
        assert answer.get("next_cursor") or 0 <= len(shown) - len(rows) <= turned, path
        for entry in answer["items"]:
            assert left_out(entry, header) == set(), path


def _parameters(scene: Scene, path: str) -> list[dict[str, Any]]:
    paths = scene.world.app.extensions["test_contract"].document["paths"]
    found: list[dict[str, Any]] = paths[path]["get"].get("parameters", [])
    return found
