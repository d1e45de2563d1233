"""Sends requests over a few kept connections as fast as they are answered, with as little work of its own as it can.

All connections are written to before any is read, so that the server always has the next request at hand.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
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


def request(path: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes:
    """Return the bytes of a GET, or of a POST with a JSON body."""
    if body is not None:
        headers = {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: bench\r\n{said}\r\n"
    return head.encode() + (body or b"")


def send(port: int, requests: Iterator[bytes], status: int, seconds: float, connections: int = CONNECTIONS) -> Load:
    """Send one request after the other for so long; any other status than `status` is an error."""
    with ExitStack() as opened:
        phones = [_connect(port, opened) for _ in range(connections)]
        answered = body_bytes = 0
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for phone in phones:
                phone.sendall(next(requests))
            for phone in phones:
                body_bytes += _read(phone, status)
            answered += len(phones)
        return Load(answered, time.perf_counter() - begun, body_bytes)


def repeat(once: Callable[[], int], seconds: float) -> Load:
    """Do something over and over for so long; it returns how many bytes it was about."""
    done = body_bytes = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        body_bytes += once()
        done += 1
    return Load(done, time.perf_counter() - begun, body_bytes)


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
