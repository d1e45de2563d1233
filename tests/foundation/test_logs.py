"""Logs say what happened, where and how long it took, and nothing that somebody said or is."""

import json
import logging
from collections.abc import Callable

import pytest
import structlog

from tests.foundation.probe_app import CANARY
from tests.world import World

ROWS = "/v1/probe/rows"
Logged = Callable[[], str]


def lines(logged: Logged) -> list[dict[str, object]]:
    return [json.loads(line) for line in logged().splitlines()]


def test_a_request_is_one_line_with_its_route_and_not_its_address(probing: World, logged: Logged) -> None:
    owner = probing.owner(probing.clinic())
    answer = owner.http.get(f"{ROWS}?cursor={CANARY}")
    [line] = [line for line in lines(logged) if line["event"] == "answered"]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", ROWS, 422)
    assert CANARY not in logged()
    assert owner.token not in logged()


@pytest.mark.parametrize("then", ["keep", "refuse", "fail", "break a constraint", "tell badly", CANARY])
def test_nothing_of_a_body_reaches_the_log_however_it_ends(probing: World, logged: Logged, then: str) -> None:
    probing.anyone().post(ROWS, json={"word": CANARY, "then": then})
    assert "answered" in logged()
    assert CANARY not in logged()


def test_a_bug_is_logged_with_its_place_and_its_request(probing: World, logged: Logged) -> None:
    answer = probing.anyone().post(ROWS, json={"word": CANARY, "then": "fail"})
    [line] = [line for line in lines(logged) if line["event"] == "unexpected_error"]
    assert line["error_type"] == "ValueError"
    assert line["request_id"] == answer.json["request_id"]
    assert "probe_app.py" in str(line["exception"])
    assert "in _fail" in str(line["exception"])


def test_a_broken_constraint_is_logged_by_its_name(probing: World, logged: Logged) -> None:
    probing.anyone().post(ROWS, json={"word": CANARY, "then": "break a constraint"})
    [line] = [line for line in lines(logged) if line["event"] == "unexpected_error"]
    assert "CheckViolation of probe_row_version_check" in str(line["exception"])


def test_fields_that_nobody_allowed_are_dropped_by_name(logged: Logged) -> None:
    structlog.get_logger().info("something", count=3, pain=8, body=CANARY)
    [line] = lines(logged)
    assert line["count"] == 3
    assert line["dropped"] == ["body", "pain"]
    assert CANARY not in logged()


def test_libraries_log_in_the_same_shape_without_the_words_of_their_errors(logged: Logged) -> None:
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("it_failed")
    [line] = lines(logged)
    assert line["event"] == "it_failed"
    assert line["level"] == "error"
    assert "ValueError" in str(line["exception"])
    assert CANARY not in logged()
