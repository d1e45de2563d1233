"""Watches one case: somebody writes without pause, the victim listens and asks at every process, and access ends."""

import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from uuid import uuid4

from torture.calls import call
from torture.matrix.sockets import SocketLine
from torture.revoking.cases import Case

SECONDS_BETWEEN_MESSAGES = 0.25
SECONDS_BETWEEN_QUESTIONS = 0.25
SECONDS_BEFORE, LONGEST_BEFORE_SECONDS = 1.0, 60.0
# What a victim has to have been told before, or silence afterwards would prove nothing.
TOLD = frozenset({"message.created", "message.changed", "presence.changed"})
FLAGS = frozenset({"flag.raised", "flag.changed"})
# A phrase that every clinic begins with.
ALARMING = "I have chest pain"
# What is said of the connection itself, or that something is over; all else tells of what others do.
OF_THE_END = ("connection.closing", "conversation.resync", "resync")
BESIDES_EVERY, ALARMING_EVERY = 4, 6


@dataclass
class Seen:
    """What the victim got, in seconds after access ended; 0 where nothing came after it."""

    case: str
    not_heard_before: frozenset[str] = frozenset()
    frames_before: int = 0
    questions_before: int = 0
    last_frame: float = 0
    last_answer: float = 0
    last_read: float = 0
    revoked_with: int = 0


class Watch:
    """One case under watch for a while."""

    def __init__(self, case: Case, ports: Sequence[int], seconds: float) -> None:
        self._case = case
        self._ports = ports
        self._seconds = seconds
        self._expected = TOLD | FLAGS if case.has_flags else TOLD
        self._stopped = threading.Event()
        self._answered: list[float] = []
        self._read: list[float] = []

    def run(self) -> Seen:
        """Let it begin, end the access, go on for the time, and tell."""
        lines = [SocketLine(port, self._case.victim.token) for port in self._ports]
        work = [
            threading.Thread(target=self._write_without_pause),
            *(threading.Thread(target=self._ask_without_pause, args=(line,)) for line in lines),
            threading.Thread(target=self._read_without_pause),
        ]
        for thread in work:
            thread.start()
        sleep(SECONDS_BEFORE)
        self._await_all_kinds(lines)
        revoked_with = self._case.revoke()
        ended_at = monotonic()
        sleep(self._seconds)
        self._stopped.set()
        for thread in work:
            thread.join()
        for line in lines:
            line.close()
        told = _names(lines)
        frames = [at for at, name in told if name not in OF_THE_END]
        return Seen(
            case=self._case.name,
            not_heard_before=self._expected - {name for at, name in told if at <= ended_at},
            frames_before=sum(1 for at in frames if at <= ended_at),
            questions_before=sum(1 for at in self._answered if at <= ended_at),
            last_frame=_last(frames, ended_at),
            last_answer=_last(self._answered, ended_at),
            last_read=_last(self._read, ended_at),
            revoked_with=revoked_with,
        )

    def _await_all_kinds(self, lines: Sequence[SocketLine]) -> None:
        """Wait until the victim has been told of everything that there is, on a slow machine for a while."""
        deadline = monotonic() + LONGEST_BEFORE_SECONDS
        while monotonic() < deadline and not {name for _, name in _names(lines)} >= self._expected:
            sleep(0.05)

    def _write_without_pause(self) -> None:
        """Write at one process and another in turn, as the sender, and say now and then what is no message."""
        lines = [SocketLine(port, self._case.sender.token) for port in self._ports]
        number = 0
        while not self._stopped.wait(SECONDS_BETWEEN_MESSAGES):
            # The first raises a flag, the second changes it.
            alarming = self._case.has_flags and (number < 2 or number % ALARMING_EVERY == 0)
            body = {
                "conversation_id": str(self._case.conversation_id),
                "client_id": str(uuid4()),
                "body": ALARMING if alarming else f"{number}",
            }
            line = lines[number // BESIDES_EVERY % len(lines)]
            if number % BESIDES_EVERY == 0:
                line.ask("presence.report", {"conversation_id": body["conversation_id"], "state": "typing"})
            sent = line.ask("message.send", body)
            if number % BESIDES_EVERY == 0 and sent["ok"]:
                sign = {"conversation_id": body["conversation_id"], "seq": sent["data"]["seq"], "sign": "thanks"}
                line.ask("message.react", sign)
            number += 1
        for line in lines:
            line.close()

    def _ask_without_pause(self, line: SocketLine) -> None:
        """Send commands on an open connection, as long as it is open."""
        body = {"conversation_id": str(self._case.conversation_id), "after": 0, "limit": 1}
        with suppress(OSError):
            while not self._stopped.wait(SECONDS_BETWEEN_QUESTIONS) and line.is_open:
                asked_at = monotonic()
                if line.ask("conversation.catch_up", body)["ok"]:
                    self._answered.append(asked_at)

    def _read_without_pause(self) -> None:
        """Read over HTTP with the token that was good."""
        address = f"/v1/conversations/{self._case.conversation_id}/messages?limit=1"
        while not self._stopped.wait(SECONDS_BETWEEN_QUESTIONS):
            for port in self._ports:
                asked_at = monotonic()
                if call(port, "GET", address, Authorization=f"Bearer {self._case.victim.token}").status == 200:
                    self._read.append(asked_at)


def _names(lines: Sequence[SocketLine]) -> list[tuple[float, str]]:
    return [(at, json.loads(text)[0]) for line in lines for at, text in list(line.told)]


def _last(moments: list[float], ended_at: float) -> float:
    """Return how long after the end the last one was; 0 when there was none after it."""
    return max([0.0, *(at - ended_at for at in moments)])
