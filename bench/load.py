"""Sends requests over a few kept connections as fast as they are answered, with as little work of its own as it can.

All connections are written to before any is read, so that the server always has the next request at hand.
"""

import re
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

CONNECTIONS = 8
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests were answered in how many seconds, and how long their bodies were together."""

    answered: int
    seconds: float
    body_bytes: int

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


def request(path: str, **headers: str) -> bytes:
    """Return the bytes of a GET; headers with `_` for `-`."""
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{said}\r\n".encode()


def send(port: int, requests: Sequence[bytes], status: int, seconds: float) -> Load:
    """Send the requests over and over for so long; any other status than `status` is an error."""
    with ExitStack() as opened:
        phones = [_connect(port, opened) for _ in range(CONNECTIONS)]
        answered = body_bytes = 0
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for place, phone in enumerate(phones):
                phone.sendall(requests[(answered + place) % len(requests)])
            for phone in phones:
                body_bytes += _read(phone, status)
            answered += len(phones)
        return Load(answered, time.perf_counter() - begun, body_bytes)


def _connect(port: int, opened: ExitStack) -> socket.socket:
    phone = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
    phone.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return phone


def _read(phone: socket.socket, status: int) -> int:
    """Read one answer and return the length of its body."""
    read = phone.recv(65536)
    while b"\r\n\r\n" not in read:
        more = phone.recv(65536)
        if not more:
            raise ConnectionError("The server closed a connection in the middle of an answer.")
        read += more
    if int(read[9:12]) != status:
        raise AssertionError(f"Answered otherwise than asked for: {read[:2000].decode(errors='replace')}")
    head, _, body = read.partition(b"\r\n\r\n")
    found = LENGTH.search(head + b"\r\n")
    length, have = int(found[1]) if found else 0, len(body)
    while have < length:
        have += len(phone.recv(65536))
    return length
