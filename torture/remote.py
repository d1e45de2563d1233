"""The tests' worlds over real web processes: people are made in the database, and their phones speak HTTP."""

import http.client
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from hep_api.app import create_app
from hep_api.foundation.settings import Settings
from tests.world import World
from torture.stage import Process

PATIENCE_SECONDS = 30
# What the client says of itself and of its connection is said by http.client.
SAID_ANYHOW = {"HTTP_HOST", "HTTP_CONNECTION"}


class RemoteClient(FlaskClient):
    """Flask's test client, whose requests go to one web process after the other."""

    def run_wsgi_app(self, environ: dict[str, Any], buffered: bool = False) -> tuple[Iterable[bytes], str, Headers]:  # noqa: ARG002, FBT001, FBT002 - the library's signature
        ports: Any = self.application.extensions["torture_ports"]
        connection = http.client.HTTPConnection("127.0.0.1", next(ports), timeout=PATIENCE_SECONDS)
        try:
            connection.request(environ["REQUEST_METHOD"], _address(environ), _body(environ), _headers(environ))
            answer = connection.getresponse()
            body = answer.read()
            return [body], f"{answer.status} {answer.reason}", Headers(answer.getheaders())
        finally:
            connection.close()


def remote_world(settings: Settings, webs: Sequence[Process]) -> World:
    """Return a world on these settings' database whose phones speak to the web processes in turn."""
    app = create_app(settings)
    app.extensions["torture_ports"] = itertools.cycle([web.port for web in webs])
    app.test_client_class = RemoteClient
    return World(app)


def _address(environ: dict[str, Any]) -> str:
    """Return what is asked for; a query that was given apart from the path stands in no REQUEST_URI."""
    address = str(environ.get("REQUEST_URI") or environ["PATH_INFO"])
    query = environ.get("QUERY_STRING")
    return f"{address}?{query}" if query and "?" not in address else address


def _body(environ: dict[str, Any]) -> bytes:
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    said = {
        name.removeprefix("HTTP_").replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and name not in SAID_ANYHOW
    }
    if environ.get("CONTENT_TYPE"):
        said["Content-Type"] = environ["CONTENT_TYPE"]
    return said
