"""What the rules of a server are judged with: the patient's sign-in, what may be reported, and what was made so far.

Every event that is reported is voided at the end, so that the patient's numbers stand as before. What stays for good
stands in `LEAVES`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hep_api.sync.conformance.calls import Answer, Caller
from hep_api.sync.conformance.making import Target, correction, event
from hep_api.sync.conformance.network import Network
from hep_api.sync.conformance.phone import Phone
from hep_api.sync.conformance.pulling import Pulled
from hep_api.sync.conformance.verdicts import NotApplicable, expect

BATCH = 100
LEAVES = (
    "This writes into the record of the patient, who is to be one made for tests. Events that it reports are voided\n"
    "at the end and stay listed. For good stay: four messages in the first conversation, an acknowledgement of a\n"
    "revision, one more value of a goal (the latest again, if it has one), and with --staff-token eight pauses, made\n"
    "and withdrawn. People who follow the patient may be told of all of it.\n"
)
LAST_REVISION = 900_000


@dataclass(slots=True)
class Scene:
    """`caller` goes to the server directly, `network` lies before it; `other` and `staff` are there when given."""

    caller: Caller
    patient_id: str
    network: Network
    random: Random
    found: Target | None
    other: Caller | None = None
    other_id: str = ""
    staff: Caller | None = None
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Pauses that were made and not taken back yet.
    paused: list[str] = field(default_factory=list)

    @property
    def target(self) -> Target:
        if self.found is None:
            raise NotApplicable("the patient has no plan with a prescription that holds today")
        return self.found

    @property
    def path(self) -> str:
        return f"/v1/patients/{self.patient_id}"

    def event(self, **fields: Any) -> dict[str, Any]:
        """Return a new event of the present."""
        return event(self.target, **fields)

    def upload(self, *items: Any, by: Caller | None = None, to: str | None = None) -> Answer:
        """Upload a batch, and remember what was taken for the end."""
        path = f"/v1/patients/{to or self.patient_id}/events"
        answer = (by or self.caller).write("POST", path, {"events": items})
        if answer.status == 200 and to is None:
            for item, outcome in zip(items, answer.json()["outcomes"], strict=False):
                if outcome["outcome"] in ("applied", "duplicate"):
                    self.note(item)
        return answer

    def note(self, item: dict[str, Any]) -> None:
        """Remember that an event was taken."""
        self.made.setdefault((item.get("entry_id") or item["id"]).lower(), item)

    def outcomes(self, *items: Any, by: Caller | None = None) -> list[dict[str, Any]]:
        """Upload a batch and return its outcomes; Broken when it is not answered item by item."""
        answer = self.upload(*items, by=by)
        expect(answer.status == 200, f"a batch of {len(items)} was answered {answer}")
        outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
        expect(len(outcomes) == len(items), f"{len(items)} events got {len(outcomes)} outcomes")
        return outcomes

    def words(self, *items: Any, by: Caller | None = None) -> list[str]:
        """Upload a batch and return the bare outcomes."""
        return [each["outcome"] for each in self.outcomes(*items, by=by)]

    def events_after(self, seq: int = 0, limit: int = 200) -> list[dict[str, Any]]:
        """Return the patient's events after a number, page by page."""
        events: list[dict[str, Any]] = []
        while True:
            answer = self.caller.get(f"{self.path}/events", after=seq, limit=limit)
            expect(answer.status == 200, f"the list of events was answered {answer}")
            items = answer.json()["items"]
            events += items
            if len(items) < limit:
                return events
            seq = items[-1]["seq"]

    def newest_seq(self) -> int:
        answer = self.caller.get(f"{self.path}/events", order="newest", limit=1)
        expect(answer.status == 200, f"the list of events, newest first, was answered {answer}")
        numbers: list[int] = [each["seq"] for each in answer.json()["items"]]
        return max([0, *numbers])

    def pulled(self, by: Caller | None = None) -> Pulled:
        return Pulled(by or self.caller, self.patient_id)

    def phone(self, events: Iterable[dict[str, Any]]) -> Phone:
        """Return a phone behind the hostile network with these events in its outbox."""
        behind = Caller(self.network.url, self.caller.token, seconds=5)
        phone = Phone(behind, self.patient_id, Random(self.random.random()))
        phone.record(events)
        return phone

    def tidy(self) -> None:
        """Void every entry that was made."""
        voids = [correction(each, LAST_REVISION, kind="void") for each in self.made.values()]
        for first in range(0, len(voids), BATCH):
            self.upload(*voids[first : first + BATCH])
