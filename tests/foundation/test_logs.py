"""Logs say what happened, where and how long it took, and nothing that somebody said or is."""

import ast
import json
import logging
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import structlog

from hep_api.foundation.logs import ALLOWED
from tests.contract.test_structure import product_files
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


@pytest.mark.parametrize(
    ("template", "filled_with", "logged_as"),
    [
        ("Error handling request %s", [f"/v1/patients?name={CANARY}"], "Error handling request %s"),
        (f"Invalid request: '{CANARY}'", [], "withheld"),
        (f"{CANARY}\n{CANARY}", [], "withheld"),
        ("Worker exiting (gracefully)", [], "Worker exiting (gracefully)"),
    ],
)
def test_of_a_librarys_line_only_the_template_is_logged(
    logged: Logged, template: str, filled_with: list[str], logged_as: str
) -> None:
    logging.getLogger("some.library").warning(template, *filled_with)
    [line] = lines(logged)
    assert (line["event"], line["logger"]) == (logged_as, "some.library")
    assert str(line["place"]).startswith("test_logs.py:")
    assert CANARY not in logged()


def test_a_line_break_in_a_value_makes_no_second_line(logged: Logged) -> None:
    structlog.get_logger().info("something", reason='a\n{"event":"forged"}\r\n', code="\x1b[2J\u2028")
    assert len(logged().splitlines()) == 1
    [line] = lines(logged)
    assert line["event"] == "something"
    assert "\x1b" not in logged()


@cache
def logging_calls() -> dict[str, ast.Call]:
    """Return where in the product something is logged, and how it is called."""
    return dict(_logging_calls())


def _logging_calls() -> Iterator[tuple[str, ast.Call]]:
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    for name, source in product_files():
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in levels
                and re.search(r"\blog(ger)?$", ast.unparse(node.func.value))
            ):
                yield f"{name}:{node.lineno}", node


def test_what_the_product_logs_is_a_name_and_never_put_together() -> None:
    calls = logging_calls()
    assert len(calls) > 10
    astray = [
        place
        for place, call in calls.items()
        if not (isinstance(call.args[0], ast.Constant) and re.fullmatch(r"[a-z_]+", str(call.args[0].value)))
    ]
    assert astray == ["hep_api/foundation/last_words.py:" + place.partition(":")[2] for place in astray]


def test_the_product_logs_no_field_that_would_be_dropped() -> None:
    named = {(place, each.arg) for place, call in logging_calls().items() for each in call.keywords if each.arg}
    assert {field for _, field in named} >= {"clinic_id", "member_id", "error_type", "reason"}
    assert sorted((place, field) for place, field in named if field not in ALLOWED | {"exc_info"}) == []
