"""One scene on trial: sends, judges, and keeps what should not have been.

Three things are asked of every refusal: its status, that it tells nothing which its reader may not know, and that no
row has changed. What is found wanting is kept as a sentence; nothing is raised, so that one run tells it all.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jsonschema_rs import ValidationError
from werkzeug.test import TestResponse

from tests.contract.canaries import READERS, RECORD, leaks
from tests.contract.examples import EXAMPLES
from tests.contract.scene import NOT_SIGNED_IN, OWING, STRANGERS, Scene
from torture.matrix.asking import Asked, Route, routes_of, send
from torture.matrix.effects import Ledger, ids_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not have been: a leak, an effect, a refusal of another kind, a rightful one refused."""

    kind: str
    door: str
    part: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.door} as {self.part}: {self.words}"


@dataclass
class Tally:
    """How often was asked for what, and what was found."""

    asked: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def find(self, kind: str, door: str, part: str, words: str) -> None:
        self.findings.append(Finding(kind, door, part, words))


@dataclass
class Trial:
    """A scene, the ledger of its rows, and the tally."""

    scene: Scene
    ledger: Ledger
    tally: Tally
    etag_of_plan: str
    suspects: dict[str, list[str]] = field(default_factory=dict)

    def find(self, kind: str, door: str, part: str, words: str) -> None:
        self.tally.find(kind, door, part, words)

    def ask(self, why: str, part: str, asked: Asked, read_by: str = "") -> TestResponse | None:
        """Send a request and look whether its answer tells its reader too much; None when it broke the contract."""
        self.tally.asked[why] += 1
        door = f"{asked.method} {asked.address}"
        try:
            answer = send(self.scene, part, asked)
        except (AssertionError, ValidationError) as broken:
            self.find("contract", door, part, str(broken).splitlines()[0])
            return None
        # A document that is no text may hold a word all the same.
        said = answer.data.decode("utf-8", "replace") + str(answer.headers)
        for word in self.told_too_much(read_by or part, said):
            self.find("leak", door, part, f"{answer.status_code} with {word}")
        return answer

    def refused(self, why: str, part: str, asked: Asked, statuses: Collection[int]) -> TestResponse | None:
        """Send what must be refused with one of these statuses and change nothing; `settle` looks whether it did."""
        answer = self.ask(why, part, asked)
        door = f"{asked.method} {asked.address}"
        if answer is not None and answer.status_code not in statuses:
            self.find("refusal", door, part, f"{why}: {answer.status_code} in place of {statuses}")
        if asked.method not in ("get", "head"):
            self.suspect(door, part)
        return answer

    def suspect(self, door: str, part: str) -> None:
        """Remember who tried a door that must not open to them."""
        self.suspects.setdefault(door, []).append(part)

    def settle(self) -> None:
        """Look once whether those who tried in vain have changed anything."""
        suspects, self.suspects = self.suspects, {}
        for table in self.ledger.changed() if suspects else ():
            for door, parts in suspects.items():
                self.find("effect", door, " or ".join(dict.fromkeys(parts)), f"{table} has changed")

    def put_back(self) -> None:
        """Take back what was done rightfully, for the next one who may."""
        self.ledger.put_back()
        self.scene.plan.etag = self.etag_of_plan

    def told_too_much(self, part: str, text: str) -> Iterator[str]:
        yield from leaks(part, text)
        if part not in READERS[RECORD]:
            yield from (f"the id {each}" for each in map(str, ids_of(self.scene)) if each in text)

    def refusal_of(self, part: str, route: Route) -> int:
        """401 for who is not signed in, 403 for a role that has no use for the door, else 404: it might not exist."""
        if part in NOT_SIGNED_IN:
            return 401
        if part in EXAMPLES[route].refusals:
            return EXAMPLES[route].refusals[part]
        policy = routes_of(self.scene.world.app)[route]
        assert policy is not None
        return 404 if self.scene.people[part].role in policy.roles else 403

    def strangers_to(self, route: Route) -> list[str]:
        """Return everyone who has no business at a route."""
        return sorted(self.scene.phones.keys() - set(EXAMPLES[route].may) - {OWING})


@contextmanager
def trial(scene: Scene, tally: Tally) -> Iterator[Trial]:
    """Put a scene on trial, with everybody's own stories played."""
    for practitioner in STRANGERS:
        scene.belongings_of(practitioner)
    with Ledger(scene) as ledger:
        ledger.keep()
        yield Trial(scene, ledger, tally, scene.plan.etag)
