"""Somebody who listens, as docs/realtime.md says that apps should: catches up on every connect, shows what comes next,
catches up when there is a gap or when told that something may have been missed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from torture.chat.ledger import Json, Ledger, key_of
from torture.lines import Gone, Line, acknowledged, told

CONNECT_SECONDS, ANSWER_SECONDS, LOOK_SECONDS = 10.0, 10.0, 0.2
LONGEST_PAUSE_SECONDS = 0.3
PAGES = (1, 7, 50, 200, 200)


@dataclass
class Reader:
    """One listening device; `kept` is what it shows, from the first message on without a gap."""

    name: str
    token: str
    conversation_id: str
    ports: Sequence[int]
    lots: Random
    ledger: Ledger
    kept: list[Json] = field(default_factory=list)
    _catch_up_at: float | None = None

    def work(self, is_over: Callable[[], bool]) -> None:
        """Listen until it is over; whoever is cut off comes back."""
        while not is_over():
            line = None
            try:
                line = Line(self.lots.choice(self.ports), {"token": self.token}, CONNECT_SECONDS)
                self.ledger.count("readers_connects")
                self._catch_up(line)
                self._listen(line, is_over)
            except Gone:
                time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))
            finally:
                if line is not None:
                    line.close()

    def _listen(self, line: Line, is_over: Callable[[], bool]) -> None:
        while not is_over():
            for packet in line.hear(LOOK_SECONDS):
                self._hear(line, packet)
            if self._catch_up_at is not None and time.monotonic() >= self._catch_up_at:
                self._catch_up_at = None
                self._catch_up(line)

    def _hear(self, line: Line, packet: str) -> None:
        match told(packet):
            case "message.created", message:
                self.ledger.see([message])
                self.ledger.count("heard_live")
                self._take(line, message)
            case "resync", said:
                self.ledger.count("resyncs")
                self._catch_up_at = time.monotonic() + self.lots.uniform(0, said["within_seconds"])

    def _take(self, line: Line, message: Json) -> None:
        """Show the next one; drop one that is there; ask for those before one that came too early."""
        place = message["seq"] - len(self.kept)
        if place == 1:
            self.kept.append(message)
        elif place > 1:
            self.ledger.count("gaps_heard")
            self._catch_up(line)
        elif key_of(self.kept[message["seq"] - 1]) != key_of(message):
            self.ledger.complain("a number was told of two messages")

    def _catch_up(self, line: Line) -> None:
        """Ask for all that is above what is kept, page by page."""
        has_more, meanwhile = True, list[str]()
        while has_more:
            body = {
                "conversation_id": self.conversation_id,
                "after": len(self.kept),
                "limit": self.lots.choice(PAGES),
            }
            page = self._await(line, line.ask("conversation.catch_up", body), meanwhile)
            self.ledger.see(page["items"])
            for message in page["items"]:
                if message["seq"] != len(self.kept) + 1:
                    self.ledger.complain("who caught up was given messages with a gap, or again")
                    raise Gone
                self.kept.append(message)
            has_more = page["has_more"]
        for packet in meanwhile:
            self._hear(line, packet)

    def _await(self, line: Line, number: int, meanwhile: list[str]) -> Any:
        deadline = time.monotonic() + ANSWER_SECONDS
        answer = None
        while answer is None and time.monotonic() < deadline:
            for packet in line.hear(deadline - time.monotonic()):
                found = acknowledged(packet, number)
                answer = answer or found
                if found is None:
                    meanwhile.append(packet)
        if answer is None or not answer["ok"]:
            if answer is not None and answer["status"] < 500:
                self.ledger.complain(f"catching up was refused with {answer['status']} {answer.get('code')}")
            raise Gone
        return answer["data"]
