"""The development web server: the production server's mode in one process, without gunicorn and without Redis.

`python -m development.serve [module:app]`, PORT in the environment. It drains like a production server: SIGTERM or
SIGINT lets requests finish and closes live connections before the process ends.
"""

# psycopg imported before this line would make every query block the whole process, and nothing would say so.
from gevent import monkey

monkey.patch_all()

import importlib  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

import gevent  # noqa: E402
import psycopg.waiting  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from werkzeug.wsgi import ClosingIterator  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
SECONDS_TO_FINISH = 10


def main(name: str, port: int) -> int:
    """Serve the app of that name until told to stop; return the exit code."""
    assert psycopg.waiting.wait is psycopg.waiting.wait_poll, "psycopg was imported before gevent patched it"
    try:
        listener = _listen(port)
    except OSError as error:
        print(f"Port {port} cannot be opened: {error.strerror}.", file=sys.stderr)
        return 1
    module, _, attribute = name.partition(":")
    app: Flask = getattr(importlib.import_module(module), attribute)
    requests = Requests(app)
    server = WSGIServer(listener, requests, log=None)
    if "hep_metrics_at" in app.extensions:
        # Not before gevent has patched what it imports, nor for a test's own small app.
        from hep_api.foundation.metrics.serving import serve_of_web

        serve_of_web(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.close)
    server.serve_forever()
    _drain(app, requests)
    return 0


class Requests:
    """The app, and how many requests it is answering. A connection that is open and idle is none of them."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.count = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.count += 1
        try:
            return ClosingIterator(self._app(environ, start_response), self._answered)
        except BaseException:
            self._answered()
            raise

    def _answered(self) -> None:
        self.count -= 1


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it; without it a small answer waits 40 ms for the other side's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((HOST, port))
    listener.listen(256)
    return listener


def _drain(app: Flask, requests: Requests) -> None:
    """Close the live connections and let requests finish; new ones are not taken any more."""
    if gateway := app.extensions.get("hep_realtime"):
        gateway.drain()
    with gevent.Timeout(SECONDS_TO_FINISH, False):  # type: ignore[arg-type]  # False: end the block, raise nothing
        while requests.count:
            gevent.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "wsgi:app", int(os.environ.get("PORT", "5000"))))
