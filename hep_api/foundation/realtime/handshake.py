"""The WSGI door before the WebSocket: answers 4xx or 503 to what would otherwise be a traceback or a stranger's page.

Accepted is one thing only: a version 13 WebSocket upgrade to Socket.IO's path, from an allowed origin or from none
(native apps send none), and not too often from one address (`count` raises 429). Polling is refused: it puts a bearer
secret in the URL and needs sticky sessions.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from hep_api.foundation.errors import Problem
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.metrics.realtime import HANDSHAKES
from hep_api.foundation.web.setup import HEADERS

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGI = Callable[[Environ, StartResponse], Iterable[bytes]]

NEEDED_BY_ENGINE = {"HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "Upgrade"}


class Handshake:
    """WSGI middleware: requests to `path` are checked and handed to `socket_door`, all others go to `rest`."""

    def __init__(
        self,
        path: str,
        socket_door: WSGI,
        rest: WSGI,
        origins: Sequence[str],
        closed: Callable[[], bool],
        count: Callable[[str | None], None],
    ) -> None:
        self._path = f"/{path.strip('/')}/"
        self._socket_door = socket_door
        self._rest = rest
        self._origins = frozenset(origins)
        self._closed = closed
        self._count = count

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(self._path):
            return self._rest(environ, start_response)
        try:
            self._check(environ)
        except Problem as problem:
            HANDSHAKES.add(problem.code)
            return _answer(problem, start_response)
        HANDSHAKES.add("accepted")
        return self._socket_door(_plain(environ), start_response)

    def _check(self, environ: Environ) -> None:
        if self._closed():
            raise Problem("closing", 503, "This process is closing; connect again.", headers={"Retry-After": "1"})
        if environ["REQUEST_METHOD"] != "GET":
            raise Problem("method_not_allowed", 405, "Open a WebSocket with GET.", headers={"Allow": "GET"})
        check_query(environ.get("QUERY_STRING", ""))
        check_origin(environ, self._origins)
        check_upgrade(environ)
        # Last: a foreign page must not use up what its visitors' addresses are given.
        self._count(environ.get("REMOTE_ADDR"))


def check_query(query: str) -> None:
    """Require Engine.IO 4 over WebSocket, and no `sid`: that would be the second half of a polling session."""
    try:
        asked = parse_qs(query, max_num_fields=20)
    except ValueError:
        asked = {}
    if asked.get("transport") != ["websocket"] or "sid" in asked:
        raise Problem("websocket_only", 400, "Connect with transports: ['websocket']; polling is not offered.")
    if asked.get("EIO") != ["4"]:
        raise Problem("protocol_version", 400, "Connect with a Socket.IO client of version 3 or newer (EIO=4).")


def check_origin(environ: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Browsers always send Origin; a foreign page's is refused. No list means the same origin only, never anyone."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or origin in allowed:
        return
    if not allowed and origin == f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST')}":
        return
    raise Problem("origin_not_allowed", 403, "This page may not connect here; HEP_WEB_ORIGINS lists those that may.")


def check_upgrade(environ: Mapping[str, Any]) -> None:
    """Check what simple-websocket answers with a traceback."""
    if environ.get("HTTP_UPGRADE", "").lower() != "websocket" or not _asks_to_upgrade(environ):
        raise Problem("upgrade_required", 426, "This address speaks WebSocket.", headers={"Upgrade": "websocket"})
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        wanted = {"Sec-WebSocket-Version": "13", "Upgrade": "websocket"}
        raise Problem("websocket_version", 426, "Only WebSocket version 13 is spoken.", headers=wanted)
    if not _is_key(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")):
        raise Problem("websocket_key", 400, "Sec-WebSocket-Key must be 16 bytes in base64.")


def _asks_to_upgrade(environ: Mapping[str, Any]) -> bool:
    tokens = environ.get("HTTP_CONNECTION", "").lower().split(",")
    return "upgrade" in (token.strip() for token in tokens)


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _plain(environ: Environ) -> Environ:
    """Keep nothing of the client's headers but the key: what is kept is remembered as long as the connection lives."""
    kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    kept["HTTP_SEC_WEBSOCKET_KEY"] = environ["HTTP_SEC_WEBSOCKET_KEY"]
    return {**kept, **NEEDED_BY_ENGINE}


def _answer(problem: Problem, start_response: StartResponse) -> Iterable[bytes]:
    request_id = str(new_id())
    body = json.dumps({**problem.as_json(), "request_id": request_id}).encode()
    told = {"Content-Type": "application/problem+json", "Content-Length": str(len(body)), "X-Request-Id": request_id}
    headers = {**HEADERS, **told, **problem.headers}
    start_response(f"{problem.status} {problem.as_json()['title']}", list(headers.items()))
    return [body]
