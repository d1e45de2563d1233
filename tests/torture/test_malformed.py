"""R4 in short: malformed requests against a real process. In full, with frames and raw sockets: `make torture-R4`."""

import random
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from development import children
from hep_api.foundation.settings import Settings
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES
from tests.contract.scene import Scene
from tests.messaging import live
from tests.messaging.live import Served
from tests.realtime.conftest import free_port
from tests.world import World
from torture.malformed import cursors, fuzz, junk, raw
from torture.malformed.bodies import spoilt
from torture.malformed.reading_back import read_back, read_everything
from torture.malformed.requests import Maker
from torture.malformed.sending import Wire
from torture.malformed.texts import Raw, Twice, write
from torture.matrix.asking import Route, asked_for, send
from torture.matrix.contract import Taken

SEED = 20260101
REQUESTS = 800
RAW_REQUESTS = 100


@pytest.fixture(scope="module")
def web(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server of production, as what is no HTTP never reaches the product."""
    port, log = free_port(), tmp_path_factory.mktemp("gunicorn") / "log"
    child = children.start(
        "gunicorn",
        [sys.executable, "-m", "gunicorn", "-c", live.ROOT / "deploy" / "gunicorn.conf.py", "wsgi:app"],
        environment=live.environment(settings, "") | {"HEP_BIND": f"127.0.0.1:{port}"},
        log=log,
        patience_seconds=5,
    )
    try:
        served = Served(port, log, child)
        live.await_ready(served)
        yield served
    finally:
        child.stop()


@pytest.fixture(scope="module")
def scene(app: Flask) -> Scene:
    return scenes.make(World(app))


def test_nothing_that_is_nearly_right_is_an_error_of_ours_and_what_is_taken_reads_back(
    app: Flask, web: Served, scene: Scene
) -> None:
    taken = Taken(app)
    maker, statuses = Maker(scene, taken, random.Random(SEED)), set()
    with closing(Wire(web.port)) as wire:
        for _ in range(REQUESTS):
            sent = maker.make()
            got = wire.send(sent)
            assert 0 < got.status < 500, (sent, got)
            assert (complaint := read_back(web.port, scene, sent, got)) is None, complaint
            statuses.add(got.status)
    assert {200, 201, 400, 401, 404, 422} <= statuses
    assert list(read_everything(web.port, scene, taken)) == []
    assert "Traceback" not in web.log


def cursor_of(scene: Scene, route: Route) -> str | None:
    """Return the cursor that a list gives after its first row, if it has more."""
    part = EXAMPLES[route].may[0]
    page = send(scene, part, replace(asked_for(scene, part, route), query={"limit": "1"})).json
    return page.get("next_cursor") or page.get("cursor")


def status_for(scene: Scene, route: Route, cursor: str) -> int:
    """Return what a list answers to a cursor; a refusal names the cursor."""
    part = EXAMPLES[route].may[0]
    answer = send(scene, part, replace(asked_for(scene, part, route), query={"cursor": cursor}))
    if answer.status_code == 422:
        assert [error["field"] for error in answer.json["errors"]] == ["/cursor"], route
    return answer.status_code


def test_no_list_fails_of_a_number_in_a_cursor_that_its_column_does_not_hold(app: Flask, scene: Scene) -> None:
    taken = Taken(app)
    lists = [route for route in sorted(EXAMPLES) if "cursor" in taken.query(route)]
    assert len(lists) > 25
    with_wide_columns = set()
    for route in lists:
        own = cursor_of(scene, route)
        beyond_integer = cursors.with_number(2**31) + (cursors.altered(own, 2**31) if own else [])
        statuses = {status_for(scene, route, cursor) for cursor in beyond_integer}
        assert statuses <= {200, 422}, route
        if 200 in statuses:
            with_wide_columns.add(route[1].rpartition("/")[2])
        beyond_bigint = [cursors.written([2**63]), *(cursors.altered(own, 2**63) if own else [])]
        assert {status_for(scene, route, cursor) for cursor in beyond_bigint} == {422}, route
    assert {"events", "audit", "inbox"} <= with_wide_columns
    assert not {"revisions", "goals", "content", "attention"} & with_wide_columns


def test_what_is_no_http_ends_no_process(web: Served) -> None:
    lots = random.Random(SEED)
    for _ in range(RAW_REQUESTS):
        assert not {status for status in raw.exchange(web.port, raw.raw_request(lots)) if status == 500}
    live.await_ready(web)


def test_schemathesis_finds_nothing(web: Served, scene: Scene, tmp_path: Path) -> None:
    words = ["--phases", "fuzzing", "--max-examples", "1", "--seed", str(SEED)]
    fuzzed = fuzz.fuzz(web.port, scene, "lead", tmp_path, words)
    assert fuzzed.complaints == []
    assert fuzzed.requests > 90
    assert "Traceback" not in web.log


def test_json_is_written_with_all_that_is_wrong_with_it() -> None:
    assert write({"a": Raw("NaN"), "b": [Raw("1e400"), None]}) == '{"a":NaN,"b":[1e400,null]}'
    assert write(Twice({"a": 1, "b": "x"}, "a")) == '{"a":1,"b":"x","a":1}'


def test_a_spoilt_body_is_another_one_nearly_always() -> None:
    body, lots = {"name": "Kim", "items": [{"dose": {"sets": 3}}]}, random.Random(SEED)
    spoilt_ones = [spoilt(body, lots) for _ in range(200)]
    assert sum(each == write(body).encode() for each in spoilt_ones) < 20
    assert len(set(spoilt_ones)) > 150


@pytest.mark.parametrize(
    ("value", "looks_like"),
    [("2026-01-31", junk.DAYS), ("a@b.c", junk.ADDRESSES), (7, junk.NUMBERS), ([1], junk.SHAPES), ("Kim", junk.TEXTS)],
)
def test_junk_looks_like_what_it_stands_for(value: object, looks_like: list[object]) -> None:
    assert junk.like(value) is looks_like
