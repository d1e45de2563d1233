"""The rules that every answer is held to, whatever has broken down: it comes in time, and it is right, or it is a 503
that says when to come again.
"""

import http.client
import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# A request may wait for a connection (3 s), and then for a statement to be ended (10 s), or for a lock (3 s).
LIMIT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0
PROBLEM = "application/problem+json"
AWAY = 503
_ID = re.compile(r"(?<=/)([0-9a-f]{8}-[0-9a-f-]{27}|\d+)")


class GivenUp(Exception):
    """What was to be found out is known; nobody needs to go on."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered; `body` is None where it is no JSON."""

    status: int
    body: Any = None


@dataclass
class Watch:
    """Asks on behalf of everyone; counts what was answered, and says what should not have been."""

    limit_seconds: float = LIMIT_SECONDS
    counts: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)
    longest_seconds: float = 0.0
    is_given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, port: int, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Said | None:
        """Make a request on a connection of its own; None when nothing came back, which is complained of."""
        self.go_on()
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        what, began = f"{method} {_ID.sub('...', path.partition('?')[0])}", time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            said = Said(answer.status, _read(answer.read()))
        except (OSError, http.client.HTTPException) as error:
            self.complain(f"{what} was not answered: {type(error).__name__}")
            return None
        finally:
            connection.close()
        kind = (answer.getheader("Content-Type") or "").partition(";")[0]
        self._hold(what, said, time.monotonic() - began, kind, answer.getheader("Retry-After"))
        return said

    def note_command(self, said: Any, seconds: float) -> None:
        """Hold the acknowledgement of a socket's command to the same rules."""
        self.go_on()
        with self._lock:
            self.counts["commands_answered"] += 1
        if not said["ok"]:
            self._hold("a command", Said(said["status"], said), seconds, PROBLEM, "0")
        else:
            self._note_time("a command", seconds)

    def go_on(self) -> None:
        """Do nothing, or raise GivenUp."""
        if self.is_given_up:
            raise GivenUp

    def complain(self, complaint: str) -> None:
        """Note what should not have been, once more."""
        with self._lock:
            self.complaints[complaint] += 1

    def told(self) -> list[str]:
        """Return the complaints, each with how often it was made."""
        return [f"{complaint} ({times} times)" for complaint, times in self.complaints.most_common()]

    def refusals(self) -> int:
        """Return how often it was said to come again."""
        return self.counts[f"answered_{AWAY}"]

    def _hold(self, what: str, said: Said, seconds: float, kind: str, retry_after: str | None) -> None:
        with self._lock:
            self.counts[f"answered_{said.status}"] += 1
        self._note_time(what, seconds)
        if said.status < 500:
            return
        if said.status != AWAY:
            self.complain(f"{what} was answered {said.status}")
        elif kind != PROBLEM or not isinstance(said.body, dict) or said.body.get("status") != AWAY:
            self.complain(f"{what} was answered {AWAY} without a problem's words")
        elif retry_after is None or not retry_after.isdigit():
            self.complain(f"{what} was answered {AWAY} without Retry-After")

    def _note_time(self, what: str, seconds: float) -> None:
        with self._lock:
            self.longest_seconds = max(self.longest_seconds, seconds)
        if seconds > self.limit_seconds:
            self.complain(f"{what} took more than {self.limit_seconds:g} s")


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
