"""What the rules of a client are judged with: a stand-in server, a network before it, and the driver with a store.

Each rule plays with a patient and a store of its own; the driver's process is kept from one to the next unless killed.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

from hep_api.foundation import clock
from hep_api.sync.conformance import faults
from hep_api.sync.conformance.client.driver import Driver, Killed
from hep_api.sync.conformance.making import Target, event
from hep_api.sync.conformance.network import Choose, Fault, Line, Network, between
from hep_api.sync.conformance.stand_in import judging
from hep_api.sync.conformance.stand_in.chart import Chart
from hep_api.sync.conformance.stand_in.door import StandIn
from hep_api.sync.conformance.verdicts import Broken, expect

SCALE, TIMEOUT = 0.01, 5.0
# For rules that have nothing to do with waiting.
QUICK = 0.001


@dataclass(slots=True)
class Play:
    """One patient, one store, one network. Where to sync is `base_url`; who, `token` and `patient_id`."""

    bench: "Bench"
    chart: Chart
    network: Network
    store: Path
    scale: float
    timeout: float

    @property
    def target(self) -> Target:
        prescription_id, version = next(iter(self.chart.versions.items()))
        return Target(self.chart.plan_id, prescription_id, version, "Europe/Berlin")

    def open(self, chart: Chart | None = None) -> None:
        """Open the store, for another patient when one is named."""
        whose = chart or self.chart
        self.bench.driver.ask(
            "open",
            base_url=self.network.url,
            token=whose.token,
            patient_id=whose.patient_id,
            store=str(self.store),
            wait_scale=self.scale,
            timeout_seconds=self.timeout,
        )

    def event(self, **fields: Any) -> dict[str, Any]:
        return event(self.target, **fields)

    def record(self, number: int = 1, **fields: Any) -> list[str]:
        """Record so many events and return their ids."""
        return [self.bench.driver.ask("record", event=self.event(**fields))["id"] for _ in range(number)]

    def sync(self) -> dict[str, Any]:
        return self.bench.driver.ask("sync")

    def sync_well(self) -> None:
        """Sync, and expect that nothing stopped it."""
        answer = self.sync()
        expect(answer["stopped"] is None, f"with nothing in its way a sync stopped: {answer}")

    def state(self) -> dict[str, Any]:
        return self.bench.driver.ask("state")

    def outbox(self) -> set[str]:
        return set(self.state()["outbox"])

    def aside(self) -> dict[str, dict[str, Any]]:
        return {each["id"]: each for each in self.state()["set_aside"]}

    def elsewhere(self, number: int) -> list[str]:
        """Let another device report so many events, and return their ids."""
        made = [judging.content(self.event()) for _ in range(number)]
        with self.chart.lock:
            for said in made:
                self.chart.add(said, clock.now(), batched=False)
        return [said["id"] for said in made]

    def sync_and_die(self, which: Callable[..., bool], nth: int, fault: Fault) -> None:
        """Sync, and let the driver be killed by `fault` at the nth request of a kind; then open the store again."""
        self.network.choose = faults.in_turn(which, [*[faults.deliver] * nth, fault])
        with contextlib.suppress(Killed):
            self.sync()
        self.network.choose = faults.nothing
        self.bench.renew()
        self.open()

    def killing(self, before: Fault | None = None) -> Fault:
        """Return a fault that kills the driver, after something was done to the request, and loses the request."""
        driver = self.bench.driver

        def kill(line: Line) -> None:
            if before is not None:
                before(line)
            driver.kill()
            line.cut()

        return kill

    def missing(self, ids: Sequence[str]) -> set[str]:
        """Return which of these the server has not got."""
        return set(ids) - self.chart.events.keys()

    def expect_all(self, ids: Sequence[str]) -> None:
        """Expect these events at the server, each once, and none in the outbox or set aside."""
        expect(not self.missing(ids), f"{len(self.missing(ids))} of {len(ids)} events are lost")
        expect(self.chart.events.keys() <= set(ids), "the server has events that were never recorded")
        left = self.state()
        expect(not left["outbox"], f"{len(left['outbox'])} events that the server has are still in the outbox")
        expect(not left["set_aside"], f"good events were set aside: {left['set_aside'][:1]}")


class Real(Protocol):
    """A server that was named, in place of the stand-in."""

    def take_over(self, play: Play) -> None: ...

    def found(self) -> Counter[str]: ...

    def tidy(self) -> None: ...


@dataclass(slots=True)
class Bench:
    """The driver's command, and what all plays share."""

    command: Sequence[str]
    stand_in: StandIn
    folder: Path
    random: Random
    real: "Real | None" = None
    _driver: Driver | None = None
    _plays: int = 0
    many: Network | None = None

    @property
    def driver(self) -> Driver:
        if self._driver is None or not self._driver.is_alive:
            self.renew()
        assert self._driver is not None, "it was just made"
        return self._driver

    def renew(self) -> None:
        """Start a new process of the driver; what the last one had not stored is lost."""
        self.end()
        self._driver = Driver(self.command)

    def end(self) -> None:
        if self._driver is not None:
            self._driver.end()
            self._driver = None

    @contextlib.contextmanager
    def play(
        self, choose: Choose = faults.nothing, *, scale: float = QUICK, timeout: float = TIMEOUT, page: int = 500
    ) -> Iterator[Play]:
        """Open a new store for a new patient behind a network."""
        self._plays += 1
        store = self.folder / str(self._plays)
        store.mkdir()
        chart = self.stand_in.admit(Chart(page=page))
        with between(self.stand_in.url, choose) as network:
            play = Play(self, chart, network, store, scale, timeout)
            try:
                play.open()
                yield play
            except Killed as died:
                raise Broken(f"the driver ended by itself while it was asked to {died}") from None


def outcome(word: str, rule: str | None = None) -> dict[str, Any]:
    """Return an outcome as a server gives it, without place and id."""
    return {"outcome": word, "error": judging.error("/pain", rule) if rule else None, "warnings": []}


def making_up(odd: dict[str, dict[str, Any]]) -> Fault:
    """Return what answers an upload without delivering it: `odd` by id, all others applied."""
    good = outcome("applied")

    def answer(line: Line) -> None:
        told = [{"index": index, "id": each} | odd.get(each, good) for index, each in enumerate(line.sent.ids)]
        faults.says({"outcomes": told})(line)

    return answer
