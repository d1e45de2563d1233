"""What Python, gevent and gunicorn print by themselves when something fails goes to the log, without what errors say.

A traceback on standard error ends up where the logs do, and its last line quotes data. This is for processes that have
started: one that cannot start says why in full.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from gevent.hub import Hub

log = structlog.get_logger()


def guard_last_words() -> None:
    """Take over every place where an error that nobody caught is printed; once for a process."""
    logging.raiseExceptions = False  # a line that cannot be written is not printed with what it was filled with
    Hub.print_exception = _of_greenlet  # type: ignore[method-assign,assignment]
    threading.excepthook = _of_thread
    sys.unraisablehook = _of_finalizer
    if not sys.stderr.isatty():  # a person at a terminal is told in full
        sys.excepthook = _of_process
    server = logging.getLogger("gunicorn.error")
    server.handlers.clear()
    server.propagate = True


def _of_greenlet(_: Any, __: Any, kind: type[BaseException], error: Any, trace: TracebackType | None) -> None:
    _say("greenlet_failed", kind, error, trace)


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    _say("thread_failed", failed.exc_type, failed.exc_value, failed.exc_traceback)


def _of_finalizer(failed: Any) -> None:
    _say("finalizer_failed", failed.exc_type, failed.exc_value, failed.exc_traceback)


def _of_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _say("process_failed", kind, error, trace)


def _say(event: str, kind: type[BaseException], error: Any, trace: TracebackType | None) -> None:
    if issubclass(kind, SystemExit | KeyboardInterrupt):
        return
    known = error if isinstance(error, BaseException) else kind()
    log.error(event, error_type=kind.__name__, exc_info=(kind, known, trace))
