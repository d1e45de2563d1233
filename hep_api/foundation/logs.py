"""Logs: one JSON object a line, with the request's id and without health data, tokens or bodies.

Only fields on the allow-list reach the log; whatever else a call passes is dropped by name.
"""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from hep_api.foundation.identifiers import new_id

ALLOWED = frozenset(
    {"event", "level", "timestamp", "process", "request_id", "method", "route", "status", "milliseconds"}
    | {"error_type", "exception", "clinic_id", "member_id", "sign_in_id", "job_id", "job_kind", "attempts", "count"}
    | {"reason", "code", "address", "port", "version", "folder", "dropped", "socket_id", "command"}
)


def configure_logs(process: str) -> None:
    """Send structlog's and the standard library's lines as JSON to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    clear_contextvars()
    bind_contextvars(process=process)


def register_request_log(app: Flask) -> None:
    """Give each request an id, returned as X-Request-Id, and one line when it is answered."""
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.request_id = str(new_id())
        g.began_at = time.monotonic()

    @app.after_request
    def say(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        log.info(
            "answered",
            request_id=g.get("request_id"),
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.get("began_at", time.monotonic())) * 1000, 1),
        )
        return response


def _only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = sorted(name for name in event if name not in ALLOWED and not name.startswith("_"))
    kept = {name: value for name, value in event.items() if name in ALLOWED or name.startswith("_")}
    return {**kept, "dropped": dropped} if dropped else kept
