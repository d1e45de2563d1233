"""One WebSocket, guarded: how much is read, how fast, how long a reader may stand still, and which frames are frames.

Engine.IO hands its loop over to `Transport`; only well-formed text frames come out of it, so a malformed one is a
closed connection here and never an exception there.
"""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep
from typing import Any

import gevent
import simple_websocket
import structlog
from engineio.async_drivers import gevent as gevent_driver
from wsproto import ConnectionType, WSConnection
from wsproto.events import Event
from wsproto.utilities import ProtocolError

from hep_api.foundation.metrics.realtime import SHOWN_OUT
from hep_api.foundation.realtime.budget import Budget
from hep_api.foundation.realtime.farewells import BINARY, MALFORMED, Farewell
from hep_api.foundation.realtime.frames import plain_texts
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.outlet import Outlet

log = structlog.get_logger(__name__)

# Close, ping, pong, noop, and a message with a Socket.IO packet that has no binary attachments (those are types 5, 6).
WELL_FORMED = re.compile(r"(?:1|[236](?:probe)?|4[0-4].*)\Z", re.DOTALL | re.ASCII)
# A frame costs 1, and 1 more for so many bytes: 240 frames of 64 KB at once would be 15 MB waiting for their handler.
BYTES_LIKE_A_FRAME = 4096
# So much is read before the budget is asked: at most 170 frames of a flood, paid for with 3 seconds of not listening.
A_READ = 1024
SECONDS_TO_CLOSE = 1.0

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

    def is_between_messages(self) -> bool:
        """Return whether it holds no part of a message, so that what comes next is the beginning of one."""
        # There is no public way to ask; a test holds these names in place.
        protocol: Any = self.connection._proto  # type: ignore[union-attr]  # noqa: SLF001
        frames, messages = protocol._frame_decoder, protocol._message_decoder  # noqa: SLF001
        return frames.header is None and not len(frames.buffer) and messages.opcode is None


class NoThread:
    """Stands where simple-websocket would start a reader; whoever waits for a message reads by itself."""

    def __init__(self, **_: Any) -> None:
        self.name = ""

    def start(self) -> None:
        """Start nothing."""


class GuardedSocket(simple_websocket.Server):  # type: ignore[misc]
    """simple-websocket's server side, read by its one user, paced, and with a handshake free of the client's words."""

    def __init__(self, environ: dict[str, Any], limits: Limits, **drivers: Any) -> None:
        self._budget = Budget(limits.frames_per_second, limits.frames_at_once, monotonic())
        self._wait = 0.0
        self._is_between_messages = True
        self.has_closed = False
        drivers["thread_class"] = NoThread
        super().__init__(environ, receive_bytes=A_READ, max_message_size=limits.message_bytes, **drivers)
        # The handshake is over; 10,000 idle connections need not remember their request headers.
        self.environ: dict[str, Any] = {}

    def handshake(self) -> None:
        """Accept with the client's key and nothing else, so no extension (deflate doubles the memory) is agreed."""
        self.sock: Any = Outlet(self.sock)
        self.ws = MeteredConnection()
        self.ws.receive_data(HANDSHAKE % self.environ["HTTP_SEC_WEBSOCKET_KEY"].encode("ascii"))
        self.connected = self._handle_events()

    def receive(self, _timeout: float | None = None) -> Any:
        """Return the next message, reading on until there is one; raise ConnectionClosed at the end."""
        while not self.input_buffer:
            if not self.connected or not self._read():
                self.connected = False
                raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        return self.input_buffer.pop(0)

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Send a closing frame; a client that does not answer it within a second loses the line."""
        with suppress(OSError):  # Whoever has gone needs no closing frame.
            super().close(reason, message)
        self.connected, self.has_closed = False, True
        gevent.spawn_later(SECONDS_TO_CLOSE, self.sock.abort)

    def hang_up(self) -> None:
        """Wait for the answer to our closing frame, if we have sent one, and let the line go."""
        with suppress(OSError):
            while self.has_closed and self.sock.recv(A_READ):
                pass
        self.sock.abort()
        self.sock.close()

    def _read(self) -> bool:
        """Read once; return False when either side has ended the connection."""
        if self._wait:
            sleep(self._wait)
        try:
            data = self.sock.recv(self.receive_bytes)
            if not data:
                return False
            going_on = self._take_in(data)
        except (OSError, ProtocolError):
            return False
        # Paid for before the next reading, so that what was read is not late.
        self._wait = self._budget.spend(self.ws.frames + len(data) / BYTES_LIKE_A_FRAME, monotonic())
        self.ws.frames = 0
        return going_on

    def _take_in(self, data: bytes) -> bool:
        """Take plain frames by hand; from the first other one on leave it to wsproto, till no message is half there."""
        if self._is_between_messages and self.connected:
            texts, taken = plain_texts(data, self.max_message_size)
            self.input_buffer += texts
            self.ws.frames += len(texts)
            if taken == len(data):
                return True
            data = data[taken:]
        self.ws.receive_data(data)
        going_on = bool(self._handle_events())
        self._is_between_messages = self.ws.is_between_messages()
        return going_on


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
            self.ws.hang_up()
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

    def send(self, frame: bytes) -> None:
        """Send a whole frame, made by `text_frame`; OSError when the connection is over."""
        if not self.ws.connected:
            raise BrokenPipeError(errno.EPIPE, "the WebSocket is over")
        self.ws.sock.send(frame)

    def close(self) -> None:
        """Close the WebSocket, with the reason for which the connection is hung up, if it is."""
        farewell: Farewell | None = self.app.__self__.farewell
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
        farewell = MALFORMED if isinstance(frame, str) else BINARY
        SHOWN_OUT.add(farewell.code)
        if self.ws.connected:
            self.ws.close(farewell.status, farewell.code)
