"""What came in: every byte, every push with what was answered, and what a sender should not have done.

Read by tests and proofs while the service goes on serving; one lock guards all of it.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from development.push_service import faults
from development.push_service.faults import Fault


@dataclass(frozen=True, slots=True)
class Push:
    """One push that was sent here, and what became of it.

    `address` is the token, the installation id or the path of a web push's endpoint; `payload` is FCM's message, or
    what a web push held, where its receiver's keys are known here. `fault` is the name of what was answered instead of
    a success; `is_answered` says that a success left here whole.
    """

    at: datetime
    kind: str
    address: str
    payload: Mapping[str, Any]
    collapse_keys: frozenset[str]
    fault: str = ""
    is_answered: bool = False

    @property
    def data(self) -> dict[str, str]:
        """Return the push's type and id."""
        return dict(self.payload.get("data", self.payload))

    @property
    def title(self) -> str:
        """Return what the phone shows first."""
        return str((self.payload.get("notification") or self.payload).get("title", ""))

    @property
    def body(self) -> str:
        """Return what the phone shows below it."""
        return str((self.payload.get("notification") or self.payload).get("body", ""))

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written and shown."""
        keys = sorted(self.collapse_keys)
        said = {"at": self.at.isoformat(), "kind": self.kind, "to": self.address, "collapse_keys": keys}
        return said | {"payload": dict(self.payload)}


@dataclass
class Kept:
    """All that came in since it was last forgotten. `early` and `after_death` name addresses that were used wrongly."""

    file: Path | None = None
    pushes: list[Push] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    misshapen: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    after_death: list[str] = field(default_factory=list)
    dead: dict[str, Fault] = field(default_factory=dict)
    _number: int = 0
    _times: Counter[str] = field(default_factory=Counter)
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Forget everything that came in."""
        with self._lock:
            for each in (self.pushes, self.raw, self.misshapen, self.early, self.after_death):
                each.clear()
            for known in (self.dead, self._times, self._not_before):
                known.clear()

    def note_bytes(self, raw: bytes) -> None:
        """Keep a request as it came."""
        with self._lock:
            self.raw.append(raw)

    def answer(self, address: str, subject: str, plan: faults.Plan) -> Fault | None:
        """Say what a push to an address is answered with; a dead one stays dead. `subject` tells pushes apart there."""
        with self._lock:
            if time.monotonic() < self._not_before.get((address, subject), 0):
                self.early.append(address)
            if address in self.dead:
                self.after_death.append(address)
                return self.dead[address]
            fault = plan(address, self._times[address])
            self._times[address] += 1
            if fault is None:
                return None
            if fault.kills_the_token:
                self.dead[address] = fault
            if fault.retry_after:
                self._not_before[address, subject] = time.monotonic() + fault.retry_after
            return fault

    def note(self, push: Push, fault: Fault | None) -> Push:
        """Keep a push with what it is about to be answered with; return it so."""
        settled = replace(push, fault=fault.name if fault else "", is_answered=fault is None)
        with self._lock:
            self.pushes.append(settled)
            if self.file and settled.is_answered:
                with self.file.open("a") as file:
                    file.write(json.dumps(settled.as_json(), ensure_ascii=False) + "\n")
        return settled

    def unsettle(self, push: Push) -> None:
        """Keep of a push that its answer did not leave: whoever sent it was gone."""
        with self._lock:
            self.pushes[self.pushes.index(push)] = replace(push, fault="sender_gone", is_answered=False)

    def next_number(self) -> int:
        """Return a number for a push's name."""
        with self._lock:
            self._number += 1
            return self._number

    def accepted(self, address: str = "") -> list[Push]:
        """Return the pushes that were answered with a success that left here whole, to one address or to all."""
        with self._lock:
            return [push for push in self.pushes if push.is_answered and address in ("", push.address)]


def now() -> datetime:
    """Return the instant; the service has no door that would say it."""
    return datetime.now(UTC)
