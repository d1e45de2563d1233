"""A live connection by hand, over a plain socket: what it costs is the server's, and what comes is seen as it comes."""

import json
import os
import socket
import struct
from time import monotonic
from typing import Any

PATH = "/socket.io/?EIO=4&transport=websocket"
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
PING, PONG = "2", "3"
OVER = ("1", "41")
TEXT, CLOSING = 0x1, 0x8
A_READ = 1 << 16


class Gone(ConnectionError):
    """The other side is not there, is no more, or does not let us in."""


class Line:
    """One connection. It answers pings whenever it is read."""

    def __init__(self, port: int, auth: dict[str, str], seconds: float) -> None:
        deadline = monotonic() + seconds
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        except OSError as error:
            raise Gone from error
        self._read = bytearray()
        self._heard: list[str] = []
        self._last_ack = 0
        self.closed = False
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall(HANDSHAKE.format(path=PATH, port=port).encode())
            self._shake_hands(deadline)
            self.say("40" + json.dumps(auth))
            self._heard = self._await_welcome(deadline)
        except OSError as error:
            self.close()
            raise Gone from error

    def ask(self, command: str, body: Any) -> int:
        """Send a command; return the number by which it is acknowledged."""
        self._last_ack += 1
        self.say(f"42{self._last_ack}{json.dumps([command, body])}")
        return self._last_ack

    def say(self, text: str) -> None:
        """Send a packet; raise Gone when nobody is there."""
        try:
            self.socket.sendall(masked(text.encode()))
        except OSError as error:
            self.closed = True
            raise Gone from error

    def hear(self, seconds: float) -> list[str]:
        """Return the packets that come within the time, as soon as there are any; raise Gone when it is over."""
        if self._heard:
            heard, self._heard = self._heard, []
            return heard
        deadline = monotonic() + seconds
        while (left := deadline - monotonic()) > 0:
            packets = self.read(left)
            if packets:
                return packets
        return []

    def read(self, seconds: float) -> list[str]:
        """Read once, within the time; return the packets that are whole now, without pings."""
        self.socket.settimeout(seconds)
        try:
            return self.take()
        except TimeoutError:
            return []

    def take(self) -> list[str]:
        """Read once what is there; return the packets that are whole now, without pings."""
        try:
            more = self.socket.recv(A_READ)
        except TimeoutError:
            raise
        except OSError as error:
            self.closed = True
            raise Gone from error
        if not more:
            self.closed = True
            raise Gone
        self._read += more
        return self._packets()

    def close(self) -> None:
        self.closed = True
        self.socket.close()

    def _shake_hands(self, deadline: float) -> None:
        while b"\r\n\r\n" not in self._read:
            self.socket.settimeout(max(0.01, deadline - monotonic()))
            more = self.socket.recv(A_READ)
            if not more:
                raise Gone
            self._read += more
        head, _, rest = bytes(self._read).partition(b"\r\n\r\n")
        if b" 101 " not in head[:16]:
            raise Gone
        self._read = bytearray(rest)

    def _await_welcome(self, deadline: float) -> list[str]:
        """Wait until we are let in; return what else was said already."""
        heard = self._packets()
        while not any(packet.startswith(("40", "44")) for packet in heard):
            if monotonic() > deadline:
                raise Gone
            heard += self.read(max(0.01, deadline - monotonic()))
        if any(packet.startswith("44") for packet in heard):
            raise Gone
        return [packet for packet in heard if packet.startswith("4") and not packet.startswith("40")]

    def _packets(self) -> list[str]:
        packets = []
        while (frame := self._next_frame()) is not None:
            opcode, payload = frame
            text = "" if opcode == CLOSING else payload.decode()
            if opcode == CLOSING or text in OVER:
                self.closed = True
                raise Gone
            if opcode == TEXT and text == PING:
                self.say(PONG)
            elif opcode == TEXT:
                packets.append(text)
        return packets

    def _next_frame(self) -> tuple[int, bytes] | None:
        if len(self._read) < 2:
            return None
        size, at = self._read[1] & 0x7F, 2
        if size == 126:
            if len(self._read) < 4:
                return None
            size, at = struct.unpack_from("!H", self._read, 2)[0], 4
        elif size == 127:
            if len(self._read) < 10:
                return None
            size, at = struct.unpack_from("!Q", self._read, 2)[0], 10
        if len(self._read) < at + size:
            return None
        opcode, payload = self._read[0] & 0x0F, bytes(self._read[at : at + size])
        del self._read[: at + size]
        return opcode, payload


def acknowledged(packet: str) -> tuple[int, Any] | None:
    """Return the number of the command that a packet acknowledges, and what it says; None when it acknowledges none."""
    if not packet.startswith("43"):
        return None
    number, _, said = packet[2:].partition("[")
    return int(number), json.loads(f"[{said}")[0]


def told(packet: str) -> tuple[str, Any] | None:
    """Return the name of an event that a packet tells of, and what it says; None when it tells of none."""
    if not packet.startswith("42["):
        return None
    name, payload = json.loads(packet[2:])
    return name, payload


def masked(payload: bytes) -> bytes:
    """Return a text frame as clients have to send it."""
    size = len(payload)
    if size < 126:
        head = bytes([0x81, 0x80 | size])
    elif size < 65536:
        head = bytes([0x81, 0x80 | 126]) + struct.pack("!H", size)
    else:
        head = bytes([0x81, 0x80 | 127]) + struct.pack("!Q", size)
    mask = os.urandom(4)
    whole = mask * (size // 4 + 1)
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(whole[:size], "big")).to_bytes(size, "big")
