"""The one door of the metrics: HTTP on an address of its own, never on the one that phones reach.

It answers one after the other, waits for nobody longer than a second, and goes on until the process ends, also while
that drains. Its port may still be a former process's: it waits for it, and nothing else waits for that.
"""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import sleep

import structlog

from hep_api.foundation.metrics.exposing import Exposition

PATH = "/metrics"
SECONDS_BETWEEN_TRIES = 2.0
SECONDS_TO_ASK = 1.0

log = structlog.get_logger(__name__)


class Listener(HTTPServer):
    """Serves an exposition at an address; `bind` opens it."""

    allow_reuse_address = True

    def __init__(self, host: str, port: int, exposition: Exposition) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Door, bind_and_activate=False)
        self.exposition = exposition
        self.is_open = False

    def server_bind(self) -> None:
        # As the library does, without asking the network for our own name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def serve(self) -> None:
        """Open the address as soon as it is free, and answer for ever."""
        if not self._open():
            log.warning("metrics_not_served", port=self.server_address[1], reason="somebody else has this address")
            while not self._open():
                sleep(SECONDS_BETWEEN_TRIES)
        self.serve_forever()

    def _open(self) -> bool:
        try:
            self.server_bind()
            self.server_activate()
        except OSError:
            return False
        self.is_open = True
        return True

    def handle_error(self, *_: object) -> None:
        """A client that went away is nobody's trouble."""
        log.info("metrics_not_taken")


class Door(BaseHTTPRequestHandler):
    """Answers GET /metrics and nothing else."""

    server: Listener
    # For each piece of a request, and for all of an answer; a request as a whole has SECONDS_TO_ASK.
    timeout = 1.0
    server_version = "hep"
    sys_version = ""

    def handle(self) -> None:
        """Answer, or hang up on whoever says their request letter by letter."""
        self._hanging_up = threading.Timer(SECONDS_TO_ASK, self._hang_up)
        self._hanging_up.daemon = True
        self._hanging_up.start()
        try:
            super().handle()
        finally:
            self._hanging_up.cancel()

    def parse_request(self) -> bool:
        has_asked = super().parse_request()
        # From here on it is we who take our time.
        self._hanging_up.cancel()
        return has_asked

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self.send_error(404)
            return
        body, media_type = self.server.exposition.written(self.headers.get("Accept", ""))
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Whoever scrapes does so four times a minute; that is no news."""


def start(host: str, port: int, exposition: Exposition) -> Listener:
    """Serve beside whatever the process does: in a greenlet under gevent, in a thread elsewhere."""
    listener = Listener(host, port, exposition)
    threading.Thread(target=listener.serve, name="metrics", daemon=True).start()
    return listener
