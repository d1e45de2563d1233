"""One connection as Engine.IO knows it, when it is a WebSocket from its beginning to its end.

The library's own keeps a queue, a writer and a timer for each, so that a connection can begin as polling. Here what is
said goes to the WebSocket at once, one greenlet reads, and the gateway's watch says when a ping is due.
"""

from contextlib import suppress
from time import monotonic
from typing import Any

import engineio.socket
from engineio.exceptions import SocketIsClosedError
from engineio.packet import Packet

from hep_api.foundation.realtime.farewells import Farewell
from hep_api.foundation.realtime.frames import text_frame

MESSAGE, PONG, CLOSED = "4", "3", "1"
PING, CLOSE = text_frame(b"2"), text_frame(b"1")


class Line(engineio.socket.Socket):  # type: ignore[misc]
    """Sends and receives for one client; `sid` names it."""

    def __init__(self, server: Any, sid: str) -> None:
        super().__init__(server, sid)
        self.closing: bool
        self.closed: bool
        self.queue = None
        self.farewell: Farewell | None = None
        self._transport: Any = None
        self._early: list[bytes] = []
        self.schedule_ping()

    def send(self, pkt: Packet) -> None:
        """Send a packet of the library's."""
        self.say(text_frame(pkt.encode().encode()))

    def say(self, frame: bytes) -> None:
        """Send a whole frame; one that is said before the WebSocket is there goes out first."""
        if not self.check_ping_timeout():
            return
        if self._transport is None:
            self._early.append(frame)
            return
        with suppress(OSError):  # Whoever reads from it notices that it has gone.
            self._transport.send(frame)

    def close(self, *_: Any, abort: bool = False, reason: str | None = None, **__: Any) -> None:
        """Close the WebSocket; `abort` leaves out the packet that says so."""
        if self.closed or self.closing:
            return
        self.closing = True
        told = reason or self.server.reason.SERVER_DISCONNECT
        self.server._trigger_event("disconnect", self.sid, told, run_async=False)  # noqa: SLF001 - ours to tell
        if self._transport is not None:
            with suppress(OSError):
                if not abort:
                    self._transport.send(CLOSE)
                self._transport.close()
        self.closed = True

    def schedule_ping(self) -> None:
        """Expect nothing of the client until the next ping."""
        self._pinged_at: float | None = None
        self._ping_at = monotonic() + self.server.ping_interval

    def ping_if_due(self, now: float) -> None:
        """Ping the client when its time has come; it has `ping_timeout` seconds for the answer."""
        if self._pinged_at is None and self._ping_at <= now and not self.closing:
            with suppress(SocketIsClosedError):
                self._pinged_at = now  # Before it is sent, so that one that fails is not sent again at every look.
                self.say(PING)

    def check_ping_timeout(self) -> bool:
        """Close the connection of a client that has not answered a ping in time; return whether it has."""
        if self.closed:
            raise SocketIsClosedError
        if self._pinged_at is None or monotonic() - self._pinged_at <= self.server.ping_timeout:
            return True
        self.close(reason=self.server.reason.PING_TIMEOUT)
        return False

    def _websocket_handler(self, ws: Any) -> list[Any]:
        self._transport = ws
        self.connected = self.upgraded = True
        try:
            for frame in self._early:
                ws.send(frame)
            self._early.clear()
            while (text := ws.wait()) is not None:
                self._take(text)
        except (OSError, SocketIsClosedError):
            pass  # It has gone.
        finally:
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        return []

    def _take(self, text: str) -> None:
        """Take one well-formed packet; a client's own pings and noops say nothing."""
        kind = text[0]
        if kind == MESSAGE:
            self.server.handlers["message"](self.sid, text[1:])
        elif kind == PONG:
            self.schedule_ping()
        elif kind == CLOSED:
            self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
