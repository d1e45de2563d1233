"""Socket.IO clients by hand: frames over plain sockets, all in one thread, so that the client is not what is measured.

A frame of ours is masked with zeros, which leaves it as it is. What comes is only looked at as far as it must be:
pings are answered, acknowledgements and events counted.
"""

import json
import selectors
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from development.trouble import Trouble

PATIENCE_SECONDS = 20.0
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"


def frame(text: str) -> bytes:
    """Return the bytes of a text frame, masked with zeros."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes([0x80 | size]) + b"\0\0\0\0" + payload
    return b"\x81\xfe" + struct.pack("!H", size) + b"\0\0\0\0" + payload


class Wire:
    """One connection. `heard` is called with each text frame that comes, but pings."""

    def __init__(self, port: int, path: str = SOCKET_IO) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard: Callable[[str], None] = lambda _: None
        self._buffer = b""
        self.socket.sendall(UPGRADE.format(path=path).encode())
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise Trouble(f"A handshake was refused: {head[:200].decode()}")

    def say(self, text: str) -> None:
        self.socket.sendall(frame(text))

    def introduce(self, **auth: Any) -> None:
        """Go through the handshake of Socket.IO."""
        self.next()
        self.say("40" + json.dumps(auth))
        while (said := self.next()).startswith("42"):
            pass  # Somebody told everyone something.
        if not said.startswith("40"):
            raise Trouble(f"A connection was refused: {said}")

    def next(self) -> str:
        """Wait for the next frame; before the wire is one of many."""
        while True:
            found = self._take()
            if found is None:
                self._more()
            elif found != "2":
                return found
            else:
                self.say("3")

    def read(self) -> None:
        """Take in what has come and hand it on."""
        self._more()
        while (text := self._take()) is not None:
            if text == "2":
                self.say("3")
            else:
                self.heard(text)

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise Trouble("A server closed a connection that it should keep.")
        self._buffer += data

    def _take(self) -> str | None:
        """Take one whole frame out of the buffer; None when there is none yet."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            if len(buffer) < 4:
                return None
            length, start = struct.unpack_from("!H", buffer, 2)[0], 4
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        if buffer[0] == 0x88:
            raise Trouble("A server closed a connection that it should keep.")
        return buffer[start : start + length].decode()


class Bundle:
    """Many wires that are listened to at once."""

    def __init__(self, wires: Sequence[Wire]) -> None:
        self._selector = selectors.DefaultSelector()
        for wire in wires:
            self._selector.register(wire.socket, selectors.EVENT_READ, wire)

    def listen(self, while_: Callable[[], bool]) -> None:
        """Read from whoever has something, as long as `while_` says so; Trouble when nothing comes for long."""
        heard_at = time.perf_counter()
        while while_():
            ready = self._selector.select(0.5)
            for key, _ in ready:
                key.data.read()
            now = time.perf_counter()
            if ready:
                heard_at = now
            elif now - heard_at > PATIENCE_SECONDS:
                raise Trouble("A server stopped to answer.")

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()
