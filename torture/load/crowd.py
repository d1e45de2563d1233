"""The sockets of one server: pairs that share a conversation, of which one says something and both are told.

What is said is due at its instant, whether or not the one before was answered; latencies count from when it was due.
"""

import re
import selectors
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

from torture.lines import Line, acknowledged

WORDS = "My knee hurts at the third exercise, but less than last week."
CONNECTING_AT_ONCE = 16
CONNECT_SECONDS, SOCKET_SECONDS = 60.0, 30.0
LISTENERS = 2
CLIENT_ID = re.compile(r'"client_id": ?"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Pair:
    """A conversation and what its two connections introduce themselves with."""

    conversation_id: str
    auths: Sequence[dict[str, str]]


@dataclass
class Heard:
    """What came of the messages of one stretch of time: how long after they were due, in seconds."""

    said: int = 0
    acknowledged: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def is_settled(self) -> bool:
        return len(self.acknowledged) + self.refused >= self.said and len(self.told) >= LISTENERS * self.said


class Crowd:
    """All connections to one server."""

    def __init__(self, name: str, port: int, pairs: Sequence[Pair], lots: Random) -> None:
        self.name = name
        self.port = port
        self.acknowledged_ids: list[str] = []
        self.heard = Heard()
        self._pairs = pairs
        self._lots = lots
        self._lines: list[Line] = []
        self._due: dict[str, float] = {}
        self._asked: dict[tuple[int, int], str] = {}

    @property
    def size(self) -> int:
        return len(self._lines)

    def connect(self) -> float:
        """Open all of them; return how long it took, in seconds."""
        began = time.monotonic()
        auths = [auth for pair in self._pairs for auth in pair.auths]
        with ThreadPoolExecutor(CONNECTING_AT_ONCE) as pool:
            self._lines = list(pool.map(lambda auth: Line(self.port, auth, CONNECT_SECONDS), auths))
        for line in self._lines:
            line.socket.settimeout(SOCKET_SECONDS)
        return time.monotonic() - began

    def enter(self, selector: selectors.BaseSelector) -> None:
        """Have all of them listened to."""
        for place, line in enumerate(self._lines):
            selector.register(line.socket, selectors.EVENT_READ, (self, place))

    def say(self, due: float) -> None:
        """Let somebody say something that was due at that instant."""
        place = self._lots.randrange(len(self._lines))
        client_id = str(uuid4())
        body = {
            "conversation_id": self._pairs[place // LISTENERS].conversation_id,
            "client_id": client_id,
            "body": WORDS,
        }
        self.heard.said += 1
        self._due[client_id] = due
        self._asked[place, self._lines[place].ask("message.send", body)] = client_id

    def read(self, place: int) -> None:
        """Take in what one of them was told."""
        for packet in self._lines[place].take():
            now = time.monotonic()
            if (answer := acknowledged(packet)) is not None:
                self._answered(self._asked.pop((place, answer[0])), answer[1], now)
            elif packet.startswith('42["message.created"'):
                self._told(packet, now)

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def _answered(self, client_id: str, said: Any, now: float) -> None:
        if not said["ok"]:
            self.heard.refused += 1
            return
        self.acknowledged_ids.append(client_id)
        self.heard.acknowledged.append(now - self._due[client_id])

    def _told(self, packet: str, now: float) -> None:
        found = CLIENT_ID.search(packet)
        if found is not None and found[1] in self._due:
            self.heard.told.append(now - self._due[found[1]])
