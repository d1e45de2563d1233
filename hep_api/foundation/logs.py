"""Logs: one JSON object a line, with the request's id and without health data, tokens or bodies.

Only fields on the allow-list reach the log; whatever else a call passes is dropped by name. Of errors their types and
places are written, of libraries' lines the templates: what either says quotes data. `last_words` sees to what Python,
gevent and gunicorn would print by themselves.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.typing import ExcInfo

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.metrics.requests import IN_FLIGHT, count_answer

ALLOWED = frozenset(
    {"event", "level", "timestamp", "process", "request_id", "method", "route", "status", "milliseconds"}
    | {"error_type", "exception", "clinic_id", "member_id", "sign_in_id", "job_id", "job_kind", "attempts", "count"}
    | {"reason", "code", "address", "port", "version", "folder", "dropped", "socket_id", "command", "logger", "place"}
    | {"audit_head"}
)
MOST_CAUSES = 10
TRACEBACK = "Traceback (most recent call last):\n"
# A library's line that was put together before we saw it could hold anything; words alone are taken for a sentence.
PLAIN_WORDS = re.compile(r"[A-Za-z_ .,:;()-]{1,200}")


def configure_logs(process: str) -> None:
    """Send structlog's and the standard library's lines as JSON to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(without_words),
        _Origin(process),
        _only_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_template_only, *shared],
            pass_foreign_args=True,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def register_request_log(app: Flask, process: str) -> None:
    """Give each request an id, returned as X-Request-Id, and one line when it is answered.

    The line has the shape of all others. It is handed to the writer as it is: it holds nothing but what is allowed, and
    the way through structlog's processors takes four times as long, for every request. What it says is counted, too.
    """

    @app.before_request
    def begin() -> None:
        g.request_id = str(new_id())
        g.began_at = time.monotonic()
        g.is_in_flight = True
        IN_FLIGHT.value += 1

    @app.after_request
    def say(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        route = request.url_rule.rule if request.url_rule else None
        now = time.monotonic()
        seconds = now - g.get("began_at", now)
        count_answer(request.method, route, response.status_code, seconds)
        line = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "event": "answered",
            "level": "info",
            "timestamp": clock.now().isoformat().replace("+00:00", "Z"),
            "process": process,
            "request_id": g.get("request_id"),
        }
        structlog.get_config()["logger_factory"]().info(orjson.dumps(line).decode())
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        if g.pop("is_in_flight", False):
            IN_FLIGHT.value -= 1


class _Origin:
    """Adds which process says it, and during which request."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = self._process
        if has_request_context():
            event["request_id"] = g.get("request_id")
        return event


def _template_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write what a library logs as it stands in its source, without what it was filled with, and where that is."""
    record: logging.LogRecord = event["_record"]
    text, filled_with = str(record.msg), event.pop("positional_args", None)
    event["event"] = text if filled_with or PLAIN_WORDS.fullmatch(text) else "withheld"
    event["logger"], event["place"] = record.name, f"{record.filename}:{record.lineno}"
    return event


def without_words(exc_info: ExcInfo) -> str:
    """Return the traceback of an exception and of its causes: places and types, without what the errors say.

    What they say quotes data: PostgreSQL the failing row, a KeyError the key.
    """
    parts: list[str] = []
    raised: BaseException | None = exc_info[1]
    while raised is not None and len(parts) < MOST_CAUSES:
        constraint = getattr(getattr(raised, "diag", None), "constraint_name", None)
        kind = f"{type(raised).__module__}.{type(raised).__qualname__}" + (f" of {constraint}" if constraint else "")
        parts.append(TRACEBACK + "".join(traceback.format_tb(raised.__traceback__)) + kind)
        raised = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    return "\n\nbecause of\n\n".join(parts)


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = sorted(name for name in event if name not in ALLOWED and not name.startswith("_"))
    kept = {name: value for name, value in event.items() if name in ALLOWED or name.startswith("_")}
    return {**kept, "dropped": dropped} if dropped else kept
