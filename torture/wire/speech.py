"""What is said on one connection: where a transaction that wrote what is looked for commits, and when it has.

A commit may be said in a word of its own, by the simple protocol or the extended one, in the middle of a pipeline; or
not at all, when a statement outside of a transaction is one by itself.
"""

import re
from collections import deque
from dataclasses import dataclass, field

from torture.wire.frames import Frame, texts

BEGINS = re.compile(rb"(?:^|;)\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
COMMITS = re.compile(rb"(?:^|;)\s*(?:COMMIT|END)\b(?!\s+PREPARED)", re.IGNORECASE)
TAKES_BACK = re.compile(
    rb"(?:^|;)\s*(?:ROLLBACK|ABORT)\b(?!\s+PREPARED)(?P<part>\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)?", re.IGNORECASE
)

COMMITTED, TAKEN_BACK = b"COMMIT\0", b"ROLLBACK\0"
IDLE = b"I"


@dataclass(slots=True)
class Turn:
    """What a client said until it asked for the server to be ready again.

    `ends` has every word that ends a transaction or takes a part of it back: whether it commits what is looked for.
    """

    ends: deque[bool] = field(default_factory=deque)
    is_synced: bool = False
    commits_by_itself: bool = False
    has_failed: bool = False


@dataclass(slots=True)
class Speech:
    """Both sides of a connection; `marker` is found in every statement that writes what is looked for."""

    marker: re.Pattern[bytes]
    _statements: dict[bytes, bytes] = field(default_factory=dict)
    _portals: dict[bytes, bytes] = field(default_factory=dict)
    _in_block: bool = False
    _has_written: bool = False
    _now: Turn = field(default_factory=Turn)
    _waiting: deque[Turn] = field(default_factory=deque)

    def is_about_to_commit(self, frame: Frame) -> bool:
        """Take note of a client's frame; tell whether a transaction that wrote commits when it is passed on."""
        match frame.kind:
            case b"Q":
                commits = self._run(texts(frame.payload, 1)[0])
                return self._end_turn(is_synced=False) or commits
            case b"P":
                name, statement = texts(frame.payload, 2)
                self._statements[name] = statement
            case b"B":
                portal, name = texts(frame.payload, 2)
                self._portals[portal] = self._statements.get(name, b"")
            case b"E":
                return self._run(self._portals.get(texts(frame.payload, 1)[0], b""))
            case b"S":
                return self._end_turn(is_synced=True)
            case b"F":
                self._end_turn(is_synced=False)
        return False

    def has_committed(self, frame: Frame) -> bool:
        """Take note of a server's frame; tell whether it says that a transaction that wrote has committed."""
        turn = self._waiting[0] if self._waiting else self._now
        match frame.kind:
            case b"C":
                return frame.payload in (COMMITTED, TAKEN_BACK) and self._ended(turn, frame.payload)
            case b"E":
                turn.has_failed = True
            case b"G":
                # What ended the turn was passed over: while data come in, the server does not listen to it.
                if self._waiting and self._waiting[-1].is_synced:
                    self._waiting.pop()
            case b"Z":
                return self._is_ready(frame.payload)
        return False

    def _run(self, statement: bytes) -> bool:
        """Note that a statement runs; tell whether it commits what was written."""
        commits = False
        if BEGINS.search(statement):
            self._in_block = True
        if self.marker.search(statement):
            self._has_written = True
        if COMMITS.search(statement):
            commits, self._in_block, self._has_written = self._has_written, False, False
            self._now.ends.append(commits)
        elif (found := TAKES_BACK.search(statement)) is not None:
            self._now.ends.append(False)
            if not found["part"]:
                self._in_block = self._has_written = False
        return commits

    def _end_turn(self, *, is_synced: bool) -> bool:
        """Note that the server is to be ready; tell whether what was written commits by that, as nobody said when."""
        turn, self._now = self._now, Turn()
        turn.is_synced = is_synced
        turn.commits_by_itself = self._has_written and not self._in_block
        self._has_written = self._has_written and self._in_block
        self._waiting.append(turn)
        return turn.commits_by_itself

    def _ended(self, turn: Turn, tag: bytes) -> bool:
        return bool(turn.ends) and turn.ends.popleft() and tag == COMMITTED

    def _is_ready(self, status: bytes) -> bool:
        turn = self._waiting.popleft() if self._waiting else Turn()
        if not self._waiting and not self._now.ends and status == IDLE:
            self._in_block = self._has_written = False
        return turn.commits_by_itself and not turn.has_failed
