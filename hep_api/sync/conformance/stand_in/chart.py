"""A patient's record as the stand-in keeps it, in memory: events by number, and a log of all that a phone may pull.

Small enough to read in one go, and right: the kit's own tests break it on purpose, method by method.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hep_api.foundation import clock
from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance.stand_in import judging

LISTS = {"plan": "plans", "revision": "revisions", "pause": "pauses", "goal": "goals"}
LISTS |= {"acknowledgement": "acknowledgements", "event": "events"}
# A cursor is opaque; whoever does not escape it in an address sends another one.
ODD = "+/=&?% ü"


class Chart:
    """One patient: the token of their sign-in, a plan with two prescriptions, and what was reported."""

    def __init__(self, *, page: int = 500) -> None:
        self.patient_id = str(new_id())
        self.token = f"token-{new_id().hex}"
        self.plan_id, self.pause_id = str(new_id()), str(new_id())
        self.versions = {str(new_id()): 1, str(new_id()): 2}
        self.events: dict[str, dict[str, Any]] = {}
        self.page = page
        self.epoch = 1
        self.lock = threading.RLock()
        self.log: list[tuple[int, str, Any]] = []
        self._number = 0
        self._put("plan", {"id": self.plan_id, "title": "Knee"})
        self._put("revision", {"id": str(new_id()), "plan_id": self.plan_id, "number": 1})
        self._put("pause", {"id": self.pause_id, "plan_id": self.plan_id, "from": "2026-01-01", "to": "2026-01-02"})
        self._put("acknowledgement", {"id": str(new_id()), "plan_id": self.plan_id, "number": 1})

    def take(self, items: Sequence[Any]) -> list[dict[str, Any]]:
        """Judge a batch and record what stands of it; return one outcome for each item."""
        with self.lock:
            return [self.take_one(index, item, batched=len(items) > 1) for index, item in enumerate(items)]

    def take_one(self, index: int, item: Any, *, batched: bool) -> dict[str, Any]:
        """Judge and record one item."""
        now = clock.now()
        answer: dict[str, Any] = {
            "index": index,
            "id": _id_of(item),
            "outcome": "rejected",
            "error": None,
            "warnings": [],
        }
        said = judging.content(item) if not judging.fault_of(item, self._before(item, now), self.versions) else None
        if said is None:
            return answer | {"error": judging.fault_of(item, now, self.versions)}
        known = self.find(said["id"])
        if known is not None:
            same = all(known[name] == value for name, value in said.items())
            return answer | ({"outcome": "duplicate"} if same else self._conflict())
        if fault := judging.fault_of(item, now, self.versions):
            return answer | {"error": fault}
        self.add(said, now, batched=batched)
        return answer | {"outcome": "applied", "warnings": judging.warnings_of(said)}

    def find(self, event_id: str) -> dict[str, Any] | None:
        """Return the event with this id, if it is there."""
        return self.events.get(event_id)

    def add(self, said: dict[str, Any], now: datetime, *, batched: bool) -> None:
        """Add an event under the next number."""
        late = now - datetime.fromisoformat(said["performed_at"]) > timedelta(hours=24)
        added = {"received_at": now.isoformat(), "recorded_by": self.patient_id, "target": {}, "plan_id": self.plan_id}
        event = {**said, **added, "seq": len(self.events) + 1, "late": late, "batched": batched}
        self.events[event["id"]] = event
        self._put("event", event)

    def withdraw(self, kind: str, thing_id: str) -> None:
        """Let a pause or a plan be gone."""
        with self.lock:
            self._forget(kind, thing_id)
            self._put("gone", {"kind": kind, "id": thing_id, "plan_id": self.plan_id})

    def restore(self, events: int) -> None:
        """Fall back to what a backup knew: the first so many events, and numbers of another epoch."""
        with self.lock:
            kept = list(self.events.values())[:events]
            self.events = {event["id"]: event for event in kept}
            known = set(self.events)
            self.log = [
                (number, kind, thing) for number, kind, thing in self.log if kind != "event" or thing["id"] in known
            ]
            self.epoch += 1

    def pull(self, cursor: str | None, limit: int) -> dict[str, Any] | None:
        """Return a page; None for a cursor that is not one of this patient's."""
        with self.lock:
            epoch, after = self._read(cursor) if cursor is not None else (self.epoch, 0)
            if epoch is None:
                return None
            reset = cursor is None or epoch != self.epoch
            after = 0 if epoch != self.epoch else after
            coming = [each for each in self.log if each[0] > after]
            page = coming[: min(limit, self.page)]
            return self._page(page, reset=reset, after=after) | {"more": len(coming) > len(page)}

    def _page(self, page: Sequence[tuple[int, str, Any]], *, reset: bool, after: int) -> dict[str, Any]:
        zone = {"zone": "Europe/Berlin", "day_starts_at": "00:00"}
        value: dict[str, Any] = {"reset": reset, "settings": zone if reset else None, "gone": []}
        value |= {name: [thing for _, kind, thing in page if LISTS.get(kind) == name] for name in LISTS.values()}
        value["gone"] = [thing for _, kind, thing in page if kind == "gone"]
        return value | {"cursor": f"{self.patient_id}.{self.epoch}.{page[-1][0] if page else after}.{ODD}"}

    def _read(self, cursor: str) -> tuple[int | None, int]:
        try:
            patient_id, epoch, number, odd = cursor.split(".", 3)
            return (int(epoch), int(number)) if (patient_id, odd) == (self.patient_id, ODD) else (None, 0)
        except ValueError:
            return None, 0

    def _put(self, kind: str, thing: dict[str, Any]) -> None:
        with self.lock:
            self._forget(kind, thing["id"])
            self._number += 1
            self.log.append((self._number, kind, thing))

    def _forget(self, kind: str, thing_id: str) -> None:
        if kind != "event":
            self.log = [each for each in self.log if (each[1], each[2]["id"]) != (kind, thing_id)]

    def _before(self, item: Any, now: datetime) -> datetime:
        """A repeat stays a repeat however late: what is known is judged by when it was taken."""
        known = self.find(_id_of(item) or "")
        return now if known is None else datetime.fromisoformat(known["received_at"])

    def _conflict(self) -> dict[str, Any]:
        return {"outcome": "conflict", "error": judging.error("/id", "conflict")}


def _id_of(item: Any) -> str | None:
    try:
        return str(UUID(item["id"])) if len(item["id"]) == 36 else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
