"""The books: what was attempted, what was acknowledged, what was seen by whom. Nothing here asks the server.

A message is known by its conversation, its sender and the sender's own id of it, whichever phone sent it and however
often. An attempt that was never acknowledged may have been kept or not; what was acknowledged has to be there.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

Key = tuple[str, str | None, str]
Json = dict[str, Any]


@dataclass(slots=True)
class Sending:
    """A message that somebody set out to send. `words` are all that it may have said, the last one as far as known."""

    conversation_id: str
    sender_id: str
    client_id: str
    words: list[str]
    first_sent_at: float = inf
    acknowledged_at: float = inf
    seqs: set[int] = field(default_factory=set)
    is_withdrawn: bool = False
    signs: set[tuple[str, str]] = field(default_factory=set)

    @property
    def key(self) -> Key:
        return self.conversation_id, self.sender_id, self.client_id

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_at < inf


def key_of(message: Json) -> Key:
    """Return by what a message is known, as the server shows it."""
    return message["conversation_id"], message["sender_id"], message["client_id"]


class Ledger:
    """Kept by all phones at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sendings: dict[Key, Sending] = {}
        self.seen: defaultdict[tuple[str, int], set[tuple[Key, str]]] = defaultdict(set)
        self.counts: Counter[str] = Counter()
        self.complaints: list[str] = []

    def attempt(self, sending: Sending, now: float) -> None:
        """Note that it goes out, for the first time or again."""
        with self._lock:
            self.sendings.setdefault(sending.key, sending)
            self.counts["sendings"] += 1
            sending.first_sent_at = min(sending.first_sent_at, now)

    def acknowledge(self, sending: Sending, message: Json, now: float) -> bool:
        """Note that the server says that it is kept, and as which message; tell whether that was not known."""
        with self._lock:
            is_first = not sending.is_acknowledged
            self.counts["acknowledgements"] += 1
            self.counts["acknowledged"] += is_first
            sending.acknowledged_at = min(sending.acknowledged_at, now)
            sending.seqs.add(message["seq"])
            if key_of(message) != sending.key:
                self.complaints.append("a message was acknowledged as another one")
            elif message["body"] not in (*sending.words, "") or not (message["body"] or sending.is_withdrawn):
                self.complaints.append("a message was acknowledged with other words")
            return is_first

    def see(self, messages: Iterable[Json]) -> None:
        """Note that somebody was shown messages."""
        with self._lock:
            for message in messages:
                self.counts["sights"] += 1
                self.seen[message["conversation_id"], message["seq"]].add((key_of(message), message["body"]))

    def count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times

    def complain(self, complaint: str) -> None:
        with self._lock:
            self.complaints.append(complaint)

    @property
    def acknowledged(self) -> int:
        return self.counts["acknowledged"]
