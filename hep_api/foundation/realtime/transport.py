"""One WebSocket, guarded: how much is read, how fast, how long a reader may stand still, and which frames are frames.

Engine.IO hands its loop over to `Transport`; only well-formed text frames come out of it, so a malformed one is a
closed connection here and never an exception there.
"""

import errno
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

import simple_websocket
import structlog
from engineio.async_drivers import gevent as gevent_driver
from wsproto import ConnectionType, WSConnection
from wsproto.events import Event
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError

from hep_api.foundation.realtime.budget import Budget
from hep_api.foundation.realtime.farewells import Farewell
from hep_api.foundation.realtime.limits import Limits

log = structlog.get_logger(__name__)

# Close, ping, pong, noop, and a message with a Socket.IO packet that has no binary attachments (those are types 5, 6).
WELL_FORMED = re.compile(r"(?:1|[236](?:probe)?|4[0-4].*)\Z", re.DOTALL | re.ASCII)
# A frame costs 1, and 1 more for so many bytes: 240 frames of 64 KB at once would be 15 MB waiting for their handler.
BYTES_LIKE_A_FRAME = 4096
# So much is read before the budget is asked: at most 170 frames of a flood, paid for with 3 seconds of not listening.
A_READ = 1024

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n"
)


class MeteredConnection(WSConnection):
    """The WebSocket protocol's state, counting the frames that came in, control frames too."""

    def __init__(self) -> None:
        super().__init__(ConnectionType.SERVER)
        self.frames = 0

    def events(self) -> Iterator[Event]:  # type: ignore[override]
        for event in super().events():
            if getattr(event, "frame_finished", True):
                self.frames += 1
            yield event


class WholeSender:
    """The kernel's socket, sending all or nothing and one frame at a time.

    simple-websocket calls `send` once; to a slow reader a part goes out, and the next frame starts inside this one.
    """

    __slots__ = ("_lock", "_socket", "stuck_since")

    def __init__(self, sock: Any) -> None:
        with suppress(OSError):  # A Unix socket from the proxy has no such option, and no need of it.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock
        self._lock = threading.Lock()
        self.stuck_since: float | None = None

    def send(self, data: bytes) -> None:
        with self._lock:
            self.stuck_since = monotonic()
            self._socket.sendall(data)
            self.stuck_since = None

    def recv(self, size: int) -> bytes:
        received: bytes = self._socket.recv(size)
        return received

    def abort(self) -> None:
        """Take the line away from whoever waits on it, in either direction."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()


class GuardedSocket(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server side, with its reading loop paced and its handshake free of the client's words."""

    def __init__(self, environ: dict[str, Any], limits: Limits, **drivers: Any) -> None:
        self._budget = Budget(limits.frames_per_second, limits.frames_at_once, monotonic())
        super().__init__(environ, receive_bytes=A_READ, max_message_size=limits.message_bytes, **drivers)
        # The handshake is over; 10,000 idle connections need not remember their request headers.
        self.environ: dict[str, Any] = {}

    def handshake(self) -> None:
        """Accept with the client's key and nothing else, so no extension (deflate doubles the memory) is agreed."""
        self.sock: Any = WholeSender(self.sock)
        self.ws = MeteredConnection()
        self.ws.receive_data(HANDSHAKE % self.environ["HTTP_SEC_WEBSOCKET_KEY"].encode("ascii"))
        self.connected = self._handle_events()

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        with suppress(OSError):  # Whoever has gone needs no closing frame.
            super().close(reason, message)
        self.connected = False
        self.event.set()

    def _thread(self) -> None:
        """Read until either side ends; whatever ends it, the waiting handler is told."""
        try:
            while self.connected:
                data = self.sock.recv(self.receive_bytes)
                if not data:
                    break
                self.ws.receive_data(data)
                if not self._handle_events():
                    break
                self._pace(len(data))
        except (OSError, ProtocolError):
            pass
        finally:
            self.connected = False
            self.event.set()
            self.sock.close()

    def _pace(self, read: int) -> None:
        wait = self._budget.spend(self.ws.frames + read / BYTES_LIKE_A_FRAME, monotonic())
        self.ws.frames = 0
        if wait:
            sleep(wait)


class Transport(gevent_driver.WebSocketWSGI):  # type: ignore[misc]
    """What Engine.IO sees of one WebSocket: `wait`, `send`, `close`."""

    def __init__(self, handler: Callable[["Transport"], Any], server: Any) -> None:
        super().__init__(handler, server)
        self._engine = server
        self.ws: GuardedSocket

    def __call__(self, environ: dict[str, Any], _start_response: Any) -> Any:
        self.ws = GuardedSocket(environ, self._engine.limits, **self.server_args)
        self._engine.websockets.add(self)
        try:
            self.app(self)
        finally:
            self._engine.forget(self, self.app.__self__.sid)
            self._hang_up()
        # The response was the WebSocket itself. Both servers take this error for a client that went, and close quietly.
        raise ConnectionResetError(errno.ECONNRESET, "the WebSocket is over")

    def wait(self) -> str | None:
        """Return the next well-formed frame, or None when the connection is over."""
        frame = super().wait()
        if frame is None:
            return None
        if isinstance(frame, str) and WELL_FORMED.match(frame):
            return frame
        self._refuse(frame)
        return None

    def close(self) -> None:
        """Close the WebSocket, with the reason for which the connection is hung up, if it is."""
        farewell: Farewell | None = getattr(self.app.__self__, "farewell", None)
        if self.ws.connected:
            self.ws.close(*((farewell.status, farewell.code) if farewell else ()))

    def stuck_for(self, now: float) -> float:
        """Return for how many seconds the client has not taken what is being sent to it."""
        since = self.ws.sock.stuck_since
        return 0.0 if since is None else now - since

    def abort(self) -> None:
        self.ws.sock.abort()

    def _refuse(self, frame: str | bytes) -> None:
        kind = "malformed" if isinstance(frame, str) else "binary"
        log.info("realtime_frame_refused", reason=kind)
        reason = CloseReason.PROTOCOL_ERROR if isinstance(frame, str) else CloseReason.UNSUPPORTED_DATA
        if self.ws.connected:
            self.ws.close(reason, "Only Socket.IO text packets are understood here.")

    def _hang_up(self) -> None:
        """Give the client a second to answer the closing frame, then take the line away."""
        self.ws.thread.join(1.0)
        self.ws.sock.abort()
        self.ws.sock.close()
