"""A phone that keeps what it pulls as docs/offline-sync.md says, and what the server shows of the same through its
other doors.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.world import Person

KINDS = ("plans", "revisions", "pauses", "goals", "acknowledgements", "events")
OF_A_PLAN = ("revisions", "pauses", "goals", "acknowledgements")
Kept = dict[str, dict[str, dict[str, Any]]]


@dataclass
class PullingPhone:
    """A store of things by id, the cursor, and how much came with the last pull."""

    whose: Person
    by: Person
    limit: int = 200
    language: str = "en"
    cursor: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    kept: Kept = field(default_factory=lambda: {kind: {} for kind in KINDS})
    pages: list[dict[str, Any]] = field(default_factory=list)

    def pull(self) -> dict[str, int]:
        """Ask until there is no more; return how many of each kind came, `gone` and `reset` among them."""
        self.pages = [self.one_page()]
        while self.pages[-1]["more"]:
            self.pages.append(self.one_page())
        counts = {kind: sum(len(page[kind]) for page in self.pages) for kind in (*KINDS, "gone")}
        counts |= {"settings": sum(page["settings"] is not None for page in self.pages)}
        counts |= {"reset": sum(page["reset"] for page in self.pages)}
        return {kind: count for kind, count in counts.items() if count}

    def one_page(self) -> dict[str, Any]:
        answer = self.ask(self.cursor)
        assert answer.status_code == 200, answer.get_json()
        page: dict[str, Any] = answer.get_json()
        self.apply(page)
        return page

    def ask(self, cursor: str | None) -> Any:
        query = {"limit": self.limit} | ({} if cursor is None else {"cursor": cursor})
        path = f"/v1/patients/{self.whose.patient_id}/sync"
        return self.by.http.get(path, query_string=query, headers={"Accept-Language": self.language})

    def apply(self, page: dict[str, Any]) -> None:
        if page["reset"]:
            self.kept = {kind: {} for kind in KINDS}
        self.settings = page["settings"] or self.settings
        for kind in KINDS:
            self.kept[kind] |= {each["id"]: each for each in page[kind]}
        for gone in page["gone"]:
            self.kept[f"{gone['kind']}s"].pop(gone["id"], None)
            if gone["kind"] == "plan":
                for kind in OF_A_PLAN:
                    self.kept[kind] = {
                        id_: each for id_, each in self.kept[kind].items() if each["plan_id"] != gone["id"]
                    }
        self.cursor = page["cursor"]

    def shown(self) -> dict[str, Any]:
        """Return what the phone has, in the order and shape of `told`."""
        events = sorted(self.kept["events"].values(), key=lambda each: each["seq"])
        return {**{kind: by_id(self.kept[kind].values()) for kind in KINDS}, "events": events} | self.settings

    def told(self) -> dict[str, Any]:
        """Return what the bundle and the list of events say of the same."""
        patient = f"/v1/patients/{self.whose.patient_id}"
        bundle = self._get(f"{patient}/offline")
        plans = bundle["plans"]
        return {
            "plans": by_id(plans),
            "goals": by_id({**goal, "plan_id": plan["id"]} for plan in plans for goal in plan["goals_in_full"]),
            "events": self._items(f"{patient}/events"),
            "zone": bundle["zone"],
            "day_starts_at": bundle["day_starts_at"],
        }

    def told_of_plans(self) -> dict[str, Any]:
        """Return what the lists of each plan say."""
        plans = self.kept["plans"].values()
        revisions = [each for plan in plans for each in self._items(f"/v1/plans/{plan['id']}/revisions")]
        pauses = [each for plan in plans for each in self._items(f"/v1/plans/{plan['id']}/pauses")]
        return {
            "revisions": by_id(_cut(each, REVISION) for each in revisions),
            "pauses": by_id(_cut(each, PAUSE) for each in pauses if not each["withdrawn"]),
        }

    def _items(self, path: str) -> list[dict[str, Any]]:
        page = self._get(f"{path}?limit=200")
        items = page["items"]
        while page["next_cursor"]:
            page = self._get(f"{path}?limit=200&cursor={page['next_cursor']}")
            items += page["items"]
        return list(items)

    def _get(self, path: str) -> Any:
        answer = self.by.http.get(path, headers={"Accept-Language": self.language})
        assert answer.status_code == 200, (path, answer.get_json())
        return answer.get_json()


REVISION = ("id", "plan_id", "number", "effective_on", "phase_name", "note", "published_at")
PAUSE = ("id", "plan_id", "from", "to", "reason", "recorded_at")


def is_up_to_date(phone: PullingPhone) -> bool:
    """Tell whether the phone has what the bundle and the list of events show, and nothing else."""
    shown, told = phone.shown(), phone.told()
    assert {name: shown[name] for name in told} == told
    return True


def is_whole(phone: PullingPhone) -> bool:
    """Tell whether the phone has what all other doors show."""
    shown, told = phone.shown(), {**phone.told(), **phone.told_of_plans()}
    shown["revisions"] = by_id(_cut(each, REVISION) for each in shown["revisions"].values())
    shown = {name: shown[name] for name in told}
    assert shown == told
    return True


def by_id(items: Any) -> dict[str, Any]:
    return {each["id"]: each for each in items}


def _cut(item: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item[name] for name in names}
