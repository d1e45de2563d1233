"""A small HTTP server on loopback that minds no broken line: the network and the stand-in are both one."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OneRequest(BaseHTTPRequestHandler):
    """Handles one request of any method for each connection, by `play`; one that is cut off is let go."""

    def handle_one_request(self) -> None:
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) == length:
            self.play(body)

    def play(self, body: bytes) -> None:
        """Do what is to be done with a request that has come whole."""

    def log_message(self, *_: Any) -> None:
        """Say nothing: what passed is told by verdicts."""


class Listener(ThreadingHTTPServer):
    """Listens from the first moment; whoever opened it says what handles the requests before giving `url` away."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """A phone that is killed in the middle of a request, or a line that is cut, is what we are here for."""


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Run a server on a free port until the block ends; set its `RequestHandlerClass`."""
    server = Listener(("127.0.0.1", 0), OneRequest)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
