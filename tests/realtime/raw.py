"""A WebSocket client that does what it is told, also what no honest client would: raw frames over a raw socket."""

import base64
import json
import os
import socket
import ssl
import struct
from typing import Any

KEY = base64.b64encode(b"0123456789abcdef").decode()
# Who lost their access hears the last frame within this time, with the queue up.
PROMISED_SECONDS = 2.0
PATH = "/socket.io/?EIO=4&transport=websocket"


class Refused(Exception):
    """The handshake was answered with something other than 101."""

    def __init__(self, status: int, head: str, body: str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.head = head.lower()
        self.body = body

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Closed(Exception):
    """The server closed the connection; `code` and `reason` are what its closing frame said."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class RawSocket:
    """One connection. `headers` replace or, as None, remove those of an honest handshake."""

    def __init__(
        self,
        port: int,
        path: str = PATH,
        method: str = "GET",
        *,
        tls: ssl.SSLContext | None = None,
        **headers: str | None,
    ) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        self._buffer = b""
        sent: dict[str, str | None] = {
            "Host": f"127.0.0.1:{port}",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": KEY,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{name}: {value}" for name, value in sent.items() if value is not None]
        self.socket.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1"))
        try:
            self._read_head()
        except Exception:
            self.socket.close()
            raise

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def text(self, text: str | bytes) -> None:
        self.frame(0x1, text.encode() if isinstance(text, str) else text)

    def frame(self, opcode: int, payload: bytes = b"", *, fin: bool = True, length: int | None = None) -> None:
        """Send a frame, masked; `length` lies about how long it is."""
        self.socket.sendall(frame(opcode, payload, fin=fin, length=length))

    def receive(self) -> str:
        """Return the next text frame; raise Closed when the server is done."""
        while True:
            opcode, payload = self._read_frame()
            if opcode == 0x8:
                raise Closed(struct.unpack("!H", payload[:2])[0] if payload else None, payload[2:].decode())
            if opcode == 0x1:
                return payload.decode()

    def receive_but_pings(self) -> str:
        while True:
            text = self.receive()
            if text != "2":
                return text
            self.text("3")

    def introduce(self, token: str) -> str:
        """Read OPEN, send CONNECT, return what is answered."""
        if not hasattr(self, "open"):
            self.open = json.loads(self.receive()[1:])
        return self.introduce_again(token)

    def introduce_again(self, token: str) -> str:
        self.text("40" + json.dumps({"token": token}))
        return self.receive_but_pings()

    def ask(self, name: str, data: Any, ack: int = 1) -> Any:
        """Send a command and return its acknowledgement, passing over what else is said meanwhile."""
        self.text(f"42{ack}" + json.dumps([name, data]))
        return self.acknowledgement(ack)

    def acknowledgement(self, ack: int = 1) -> Any:
        while True:
            text = self.receive_but_pings()
            if text.startswith(f"43{ack}["):
                return json.loads(text[len(f"43{ack}") :])[0]

    def is_closed_within(self, seconds: float) -> bool:
        self.socket.settimeout(seconds)
        try:
            while True:
                self.receive()
        except Closed:
            return True
        except TimeoutError:
            return False

    def _read_head(self) -> None:
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        self.head = head.decode("latin-1")
        status = int(self.head.split(" ")[1])
        if status != 101:
            length = int(self.head.lower().split("content-length: ")[1].split("\r\n")[0])
            raise Refused(status, self.head, self._take(length).decode())

    def _read_frame(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack("!H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._take(8))[0]
        return first & 0x0F, self._take(length)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _more(self) -> None:
        try:
            data = self.socket.recv(1 << 20)
        except ConnectionError:
            data = b""
        if not data:
            raise Closed
        self._buffer += data


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, length: int | None = None) -> bytes:
    """Return the bytes of a masked frame."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", size)
    mask = os.urandom(4)
    repeated = mask * (len(payload) // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[: len(payload)], "big")
    return head + mask + masked.to_bytes(len(payload), "big")
