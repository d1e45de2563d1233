"""The kernel's socket under one WebSocket: read from by one greenlet, sent to by whoever speaks."""

import socket
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import Any

import gevent

READ = 1  # to the loop


class Outlet:
    """The kernel's socket, sending whole frames in order and never letting a slow reader hold up whoever speaks.

    What the kernel takes at once goes at once. The rest waits, with all that comes after it, for a greenlet of its own,
    which nearly no connection ever needs; simple-websocket's own sending would begin a frame inside another.
    """

    __slots__ = ("_hub", "_is_read_empty", "_readable", "_socket", "_waiting", "stuck_since")

    def __init__(self, sock: Any) -> None:
        with suppress(OSError):  # A Unix socket from the proxy has no such option, and no need of it.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock
        self._hub = gevent.get_hub()
        self._readable = self._hub.loop.io(sock.fileno(), READ)
        self._is_read_empty = False
        self._waiting: deque[bytes] | None = None
        self.stuck_since: float | None = None

    def send(self, data: bytes) -> None:
        """Send now what can be sent now, and the rest as soon as the client takes it."""
        if self._waiting is not None:
            self._waiting.append(data)
            return
        try:
            sent = self._socket.send(data, 0, 0.0)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._waiting = deque([data[sent:]])
            gevent.spawn(self._send_waiting)

    def _send_waiting(self) -> None:
        waiting = self._waiting
        with suppress(OSError):  # The reading side notices by itself who has gone.
            while waiting:
                self.stuck_since = monotonic()
                self._socket.sendall(waiting[0])
                waiting.popleft()
            self._waiting = None
        self.stuck_since = None

    def recv(self, size: int) -> bytes:
        """Read once. After a reading that found less than it asked for it waits first, as nothing has come since."""
        if self._is_read_empty:
            self._hub.wait(self._readable)
        received: bytes = self._socket.recv(size)
        self._is_read_empty = len(received) < size
        return received

    def abort(self) -> None:
        """Take the line away from whoever waits on it, in either direction."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._readable.close()
        self._socket.close()
