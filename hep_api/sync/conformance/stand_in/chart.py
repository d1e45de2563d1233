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
ALWAYS = {"valid_from": "2000-01-01", "valid_to": None}


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
        self.revisions = [self._revision(number) for number in (1, 2)]
        self.seen: dict[int, str] = {}
        self.pauses = {self.pause_id: {**self._of_plan, "from": "2026-01-01", "to": "2026-01-02"}}
        self.goal_id, self.values = str(new_id()), {str(new_id()): 7.0}
        self._show_plan()
        self._put("goal", {**self.goal(), **self._of_plan})
        for each in self.revisions:
            self._put("revision", each)
        self._put("pause", {"id": self.pause_id, **self.pauses[self.pause_id]})
        self.acknowledge(1, {})

    def _revision(self, number: int) -> dict[str, Any]:
        return {"id": str(new_id()), **self._of_plan, "number": number}

    @property
    def _of_plan(self) -> dict[str, str]:
        return {"plan_id": self.plan_id}

    def plan(self) -> dict[str, Any]:
        """Return the plan as the bundle has it."""
        versions = [
            {"id": each, "versions": [{**ALWAYS, "version": newest, "dose": judging.DOSE}]}
            for each, newest in self.versions.items()
        ]
        pauses = [{"from": each["from"], "to": each["to"]} for each in self.pauses.values()]
        plan = {"id": self.plan_id, "title": "Knee", "ends_on": None, "pauses": pauses, "prescriptions": versions}
        return plan | {"goals_in_full": [self.goal()]}

    def goal(self) -> dict[str, Any]:
        """Return the goal, which is measured."""
        values = list(self.values.values())
        goal = {"id": self.goal_id, "measure": "number", "state": "open"}
        return goal | {"latest_value": values[-1], "values_recorded": len(values)}

    def list_revisions(self) -> list[dict[str, Any]]:
        """Return the revisions as the plan's list has them, with when each was acknowledged."""
        return [{**each, "acknowledged_at": self.seen.get(each["number"])} for each in self.revisions]

    def pause(self, body: dict[str, Any]) -> dict[str, Any]:
        """Pause the plan."""
        with self.lock:
            pause = {"id": str(new_id()), **self._of_plan, "from": body["from"], "to": body["to"]}
            self.pauses[pause["id"]] = {name: value for name, value in pause.items() if name != "id"}
            self._put("pause", pause)
            self._show_plan()
            return pause

    def end_pause(self, pause_id: str) -> dict[str, Any]:
        """Withdraw a pause."""
        with self.lock:
            self.withdraw("pause", pause_id)
            self._show_plan()
            return {"id": pause_id, "withdrawn": True}

    def acknowledge(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        """Note that the patient has seen a revision; the first word stays."""
        with self.lock:
            if number not in self.seen:
                self.seen[number] = body.get("acknowledged_at") or clock.now().isoformat()
                self._put("acknowledgement", {**self.revisions[number - 1]})
            return {**self._of_plan, "number": number, "acknowledged_at": self.seen[number]}

    def measure(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a value to the goal, once for each id."""
        with self.lock:
            if body["id"] not in self.values:
                self.values[body["id"]] = body["value"]
                self._put("goal", {**self.goal(), **self._of_plan})
                self._show_plan()
            return self.goal()

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
            self.pauses.pop(thing_id, None)
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
        zone = {"zone": "Europe/Berlin", "day_starts_at": "00:00", "events_accepted_days_back": judging.DAYS_BACK}
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

    def _show_plan(self) -> None:
        self._put("plan", self.plan())

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
