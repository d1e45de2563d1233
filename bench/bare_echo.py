"""What the event layer is held beside: a raw WebSocket that gives back what comes, by the library underneath ours.

No Engine.IO, no Socket.IO, no events, no acknowledgements, no limits. Served as the product is.
"""

import errno
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import simple_websocket
from flask import Flask

from bench.standing_in import stand_in

app = stand_in(Flask("bare_echo"))


@app.get("/readyz")
def ready() -> dict[str, str]:
    """Answer that it serves."""
    return {"status": "ready"}


def before(rest: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Take WebSockets before they reach the app."""

    def door(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE") != "websocket":
            return rest(environ, start_response)
        socket = simple_websocket.Server(environ)
        with suppress(simple_websocket.ConnectionClosed):
            while True:
                socket.send(socket.receive())
        # The response was the WebSocket itself; the server takes this error for a client that went.
        raise ConnectionResetError(errno.ECONNRESET, "the WebSocket is over")

    return door


app.wsgi_app = before(app.wsgi_app)  # type: ignore[method-assign]
