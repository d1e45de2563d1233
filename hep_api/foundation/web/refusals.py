"""Turns every way a request can fail into one problem+json answer, and marshmallow's messages into named fields.

A bug answers 500 with nothing of its inside; the log line has the traceback and the same request id.
"""

from collections.abc import Iterator
from errno import EDQUOT, ENOSPC
from typing import Any

import structlog
from flask import Flask, Response, g, json, request
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from hep_api.foundation.errors import FieldError, Problem, invalid, unavailable
from hep_api.foundation.metrics import troubles
from hep_api.foundation.metrics.requests import REFUSED
from hep_api.foundation.metrics.tallies import OTHER
from hep_api.foundation.web.rules import rule_of

MOST_ERRORS_NAMED = 50
KEPT_HEADERS = ("Allow", "WWW-Authenticate", "Retry-After")

log = structlog.get_logger()


def problem_from(error: ValidationError) -> Problem:
    """Return the 422 for what a schema refused; each message is a JSON pointer, a rule and words."""
    named = [
        FieldError(pointer, rule_of(text), str(text))
        for _, (pointer, text) in zip(range(MOST_ERRORS_NAMED), _flatten(error.messages), strict=False)
    ]
    return invalid(*named)


def answer(problem: Problem) -> Response:
    """Render a Problem as application/problem+json with the request's id."""
    REFUSED.add(request.url_rule.rule if request.url_rule else OTHER, problem.code)
    body = json.dumps({**problem.as_json(), "request_id": g.get("request_id", "")})
    response = Response(body, status=problem.status, mimetype="application/problem+json")
    response.headers.update(problem.headers)
    return response


def register_refusals(app: Flask) -> None:
    """Make every error of the app leave as problem+json."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _from_werkzeug)
    app.register_error_handler(OperationalError, _from_database)
    app.register_error_handler(InterfaceError, _from_database)
    app.register_error_handler(PoolTimeoutError, _from_database)
    app.register_error_handler(Exception, _from_bug)


def problem_of_exception(error: BaseException) -> Problem:
    """Return the problem that an unforeseen error becomes, logging it; socket doors and HTTP share it."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError) or _lost_its_connection(error):
        log.warning("database_unavailable", error_type=type(error).__name__)
        troubles.count_database(error)
        return unavailable()
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
        log.warning("disk_full", error_type=type(error).__name__)
        return unavailable("There is no room on the server's disk; try again shortly.")
    troubles.UNEXPECTED.add()
    log.error("unexpected_error", error_type=type(error).__name__, exc_info=error)
    return Problem("unexpected", 500, "Something went wrong on our side; the log has it under this request's id.")


def _lost_its_connection(error: BaseException) -> bool:
    """PostgreSQL ends what idles too long in a transaction, and names that an internal error."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _from_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    kept = {name: value for name, value in error.get_headers() if name in KEPT_HEADERS}
    code = (error.name or "error").lower().replace(" ", "_").replace("'", "")
    return answer(Problem(code, status, _WORDS.get(status, error.name), headers=kept))


def _from_database(error: Exception) -> Response:
    return answer(problem_of_exception(error))


def _from_bug(error: Exception) -> Response:
    return answer(problem_of_exception(error))


def _flatten(messages: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield (JSON pointer, message) from marshmallow's nested dict of lists."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flatten(inner, pointer if name == "_schema" else f"{pointer}/{_step(str(name))}")
    elif isinstance(messages, list):
        for message in messages:
            yield from _flatten(message, pointer)
    else:
        yield pointer, messages


def _step(name: str) -> str:
    """Return a field's name as a step of a JSON pointer; half a surrogate pair could not be sent back."""
    return name[:64].replace("~", "~0").replace("/", "~1").encode(errors="replace").decode()


_WORDS = {
    400: "The request cannot be read.",
    404: "There is no such resource, or it is not yours to see.",
    405: "This address does not know that method; Allow names those it knows.",
    413: "The body is larger than this server takes.",
    415: "Send the body as application/json.",
}
