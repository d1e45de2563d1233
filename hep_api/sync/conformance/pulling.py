"""What a phone makes of the pages of a pull, for comparing: each thing by its id, what is gone dropped."""

from dataclasses import dataclass, field
from typing import Any

from hep_api.sync.conformance.calls import Answer, Caller
from hep_api.sync.conformance.verdicts import expect

LISTS = ("plans", "revisions", "pauses", "goals", "acknowledgements", "events")
MOST_PAGES = 2000


@dataclass(slots=True)
class Pulled:
    """Where a pull stands. `order` has each event's id as often and in the order as it came."""

    caller: Caller
    patient_id: str
    cursor: str | None = None
    things: dict[tuple[str, str], Any] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    pages: int = 0

    def ask(self, limit: int | None = None) -> Answer:
        return self.caller.get(f"/v1/patients/{self.patient_id}/sync", cursor=self.cursor, limit=limit)

    def page(self, limit: int | None = None) -> bool:
        """Pull and apply one page; return whether there is more."""
        answer = self.ask(limit)
        expect(answer.status == 200, f"a pull was answered {answer}")
        page = answer.json()
        if page["reset"]:
            self.things.clear()
        number = len(page["gone"]) + sum(len(page[name]) for name in LISTS)
        expect(limit is None or number <= limit, f"a page of limit {limit} has {number} things")
        for name in LISTS:
            self.things.update({(name, thing["id"]): thing for thing in page[name]})
        self.order += [event["id"] for event in page["events"]]
        for each in page["gone"]:
            self.gone.append((each["kind"], each["id"]))
            self.things.pop((f"{each['kind']}s", each["id"]), None)
        expect(isinstance(page["cursor"], str) and page["cursor"], "a page has no cursor")
        self.cursor = page["cursor"]
        self.pages += 1
        return bool(page["more"])

    def all(self, limit: int | None = None) -> "Pulled":
        """Pull to the end and return itself."""
        for _ in range(MOST_PAGES):
            if not self.page(limit):
                return self
        expect(False, f"a pull did not end within {MOST_PAGES} pages")
        return self

    def ids(self, name: str) -> set[str]:
        return {key[1] for key in self.things if key[0] == name}

    def copy(self) -> "Pulled":
        """Return a phone that stands where this one does."""
        return Pulled(self.caller, self.patient_id, self.cursor, dict(self.things))
