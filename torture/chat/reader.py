"""Those who listen, as docs/realtime.md says that apps should: catch up on every connect, show what comes next, and
catch up when there is a gap or when told that something may have been missed.
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
    """One listening device that goes by the numbers of messages; `kept` is what it shows, by those numbers."""

    token: str
    conversation_id: str
    ports: Sequence[int]
    lots: Random
    ledger: Ledger
    kept: dict[int, Json] = field(default_factory=dict)
    _catch_up_at: float | None = None

    number_of_all = "last_seq"
    cursor = "after"

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

    @property
    def number(self) -> int:
        """Return the number below which nothing is missing."""
        return len(self.kept)

    def shows(self, final: Sequence[Json]) -> int:
        """Return how many messages it shows otherwise than they are; that it knows of no edits is no fault of it."""
        wrong = sum(each["seq"] not in self.kept or key_of(self.kept[each["seq"]]) != key_of(each) for each in final)
        return wrong + max(0, len(self.kept) - len(final))

    def _number_of(self, message: Json) -> int:
        return int(message["seq"])

    def _keep(self, message: Json) -> None:
        self.kept[message["seq"]] = message

    def _look_again(self, message: Json) -> None:
        """Look at one that was there already: it has to be the same."""
        if key_of(self.kept[message["seq"]]) != key_of(message):
            self.ledger.complain("a number was told of two messages")

    def _is_next(self, message: Json) -> bool:
        return self._number_of(message) == self.number + 1

    def _end_page(self, page: Json) -> None:
        """Take note of the end of all pages."""

    def _listen(self, line: Line, is_over: Callable[[], bool]) -> None:
        while not is_over():
            for packet in line.hear(LOOK_SECONDS):
                self._hear(line, packet)
            if self._catch_up_at is not None and time.monotonic() >= self._catch_up_at:
                self._catch_up_at = None
                self._catch_up(line)

    def _hear(self, line: Line, packet: str) -> None:
        match told(packet):
            case (("message.created" | "message.changed"), message):
                self.ledger.see([message])
                self.ledger.count("heard_live")
                self._take(line, message)
            case "resync", said:
                self.ledger.count("resyncs")
                self._catch_up_at = time.monotonic() + self.lots.uniform(0, said["within_seconds"])

    def _take(self, line: Line, message: Json) -> None:
        """Show the next one; drop one that is there; ask for those before one that came too early."""
        place = self._number_of(message) - self.number
        if place > 1:
            self.ledger.count("gaps_heard")
            self._catch_up(line)
        elif place == 1:
            self._keep(message)
        else:
            self._look_again(message)

    def _catch_up(self, line: Line) -> None:
        """Ask for all that is above what is kept, page by page."""
        has_more, meanwhile = True, list[str]()
        while has_more:
            body = {
                "conversation_id": self.conversation_id,
                self.cursor: self.number,
                "limit": self.lots.choice(PAGES),
            }
            page = self._await(line, line.ask("conversation.catch_up", body), meanwhile)
            self.ledger.see(page["items"])
            for message in page["items"]:
                if not self._is_next(message):
                    self.ledger.complain("who caught up was given messages with a gap, or again")
                    raise Gone
                self._keep(message)
            has_more = page["has_more"]
        self._end_page(page)
        for packet in meanwhile:
            self._hear(line, packet)

    def _await(self, line: Line, number: int, meanwhile: list[str]) -> Any:
        deadline = time.monotonic() + ANSWER_SECONDS
        answer = None
        while answer is None and time.monotonic() < deadline:
            for packet in line.hear(deadline - time.monotonic()):
                found = acknowledged(packet)
                if found is None:
                    meanwhile.append(packet)
                elif found[0] == number:
                    answer = found[1]
        if answer is None or not answer["ok"]:
            if answer is not None and answer["status"] < 500:
                self.ledger.complain(f"catching up was refused with {answer['status']} {answer.get('code')}")
            raise Gone
        return answer["data"]


@dataclass
class ReaderOfChanges(Reader):
    """One that goes by the numbers of changes, and so shows edits, withdrawals and signs."""

    changes: int = 0

    number_of_all = "changes"
    cursor = "changed_after"

    @property
    def number(self) -> int:
        return self.changes

    def shows(self, final: Sequence[Json]) -> int:
        wrong = sum(self.kept.get(each["seq"]) != each for each in final)
        return wrong + max(0, len(self.kept) - len(final))

    def _number_of(self, message: Json) -> int:
        return int(message["change"])

    def _keep(self, message: Json) -> None:
        self.kept[message["seq"]] = message
        self.changes = message["change"]

    def _look_again(self, message: Json) -> None:
        """What was told before may have changed since."""

    def _is_next(self, message: Json) -> bool:
        # What changed again since has its later number alone.
        return self._number_of(message) > self.changes

    def _end_page(self, page: Json) -> None:
        self.changes = max(self.changes, page["changes"])
