"""R9: a thousand open sockets and fifty messages a second on one process, the database beside it: nothing lost, the
acknowledgement no later than three times that of a bare handler with one INSERT in the same run, memory flat.

Both servers are up all the time, with as many open sockets each, and take turns at being written to.
"""

import resource
import selectors
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from development import children
from tests.world import World
from torture.load.crowd import LISTENERS, Crowd, Heard, Pair
from torture.load.memory import MIB, Memory, serving
from torture.load.pressing import Step, find_knee, press, quantile
from torture.processes import cpu_seconds, cpu_seconds_under
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Process, Stage

PRODUCT, BARE = "product", "bare"
BARE_APP = "bench.bare_chat:app"
RATE = 50
TURN_SECONDS, TURN_SECONDS_IN_SHORT = 6.0, 2.0
STEP_SECONDS, STEP_SECONDS_IN_SHORT = 2.5, 1.0
MINUTES, MINUTES_IN_SHORT = 1.0, 0.25
LEAST_TURNS, LEAST_TURNS_OF_BROKEN = 4, 2
# Memory that grows is seen by nobody at once.
MINUTES_OF_BROKEN = {"messages_remembered": 0.4}
# What is caught by its time; the others share the machine, and how long they take says nothing.
OF_TIME = ("messages_slowed",)
PAIRS_AT_ONCE = 3
LONGEST_LINE = 300
MOST_GROWTH = 0.05
MOST_TIMES = 3.0
PARTS = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
OPEN_FILES = 8192
STORED = text("SELECT count(*) FROM message WHERE client_id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True, slots=True)
class Ground:
    """Both servers, with all that hang on them."""

    world: World
    cluster: children.Child
    webs: Mapping[str, Process]
    crowds: Sequence[Crowd]
    memories: Mapping[str, Memory]


def prove(stage: Stage, order: Order) -> Outcome:
    """Connect everyone, let both servers take turns, then look for the knee."""
    outcome, ground = Outcome(), _prepare(stage, order)
    seconds = TURN_SECONDS if not (order.quick or order.broken) else TURN_SECONDS_IN_SHORT
    with _listened_to(ground, outcome) as selector:
        least = LEAST_TURNS_OF_BROKEN if order.broken else LEAST_TURNS
        turns = max(least, round(_minutes(order) * 60 / seconds / len(ground.crowds)))
        tallies = _take_turns(ground, selector, seconds, turns, outcome)
        _judge(tallies, ground, outcome)
        if not order.broken:
            _look_for_knees(ground, selector, order, outcome)
        elif order.broken not in OF_TIME:
            outcome.value = 0
    outcome.complaints += _lost(ground)
    outcome.complaints += [line[:LONGEST_LINE] for line in ground.webs[PRODUCT].unforeseen()]
    return outcome


def _prepare(stage: Stage, order: Order) -> Ground:
    _allow_open_files()
    settings, lots = stage.settings(), order.lots
    # Each in a process of its own making, as what a process holds is held against the other's.
    webs = {
        PRODUCT: stage.web_as_deployed(settings, order.broken),
        BARE: stage.web_as_deployed(settings, app=BARE_APP),
    }
    world = remote_world(settings, [webs[PRODUCT]])
    amount = order.amount(500, 150, 40)
    pairs = {PRODUCT: _pairs_of(world, amount), BARE: [_bare_pair() for _ in range(amount)]}
    crowds = [Crowd(name, web.port, pairs[name], Random(lots.getrandbits(32))) for name, web in webs.items()]
    memories = {name: Memory(serving(web)) for name, web in webs.items()}
    return Ground(world, stage.cluster.child, webs, crowds, memories)


def _minutes(order: Order) -> float:
    if order.broken:
        return MINUTES_OF_BROKEN.get(order.broken, 0)
    if order.quick:
        return MINUTES_IN_SHORT
    return order.minutes or MINUTES


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES if hard < 0 else min(OPEN_FILES, hard), hard))


def _pairs_of(world: World, amount: int) -> list[Pair]:
    """Make so many patients of one clinic, each with a practitioner of their own."""
    clinic_id = world.clinic()

    def make(_: int) -> Pair:
        lead = world.practitioner(clinic_id)
        patient = world.patient(lead)
        [listed] = patient.http.get("/v1/conversations").get_json()["items"]
        return Pair(listed["id"], [{"token": patient.token}, {"token": lead.token}])

    with ThreadPoolExecutor(PAIRS_AT_ONCE) as pool:
        return list(pool.map(make, range(amount)))


def _bare_pair() -> Pair:
    room = str(uuid4())
    return Pair(room, [{"room": room}] * 2)


@contextmanager
def _listened_to(ground: Ground, outcome: Outcome) -> Iterator[selectors.BaseSelector]:
    """Connect everyone, one server after the other, and listen for the block."""
    with selectors.DefaultSelector() as selector:
        try:
            for crowd in ground.crowds:
                before = ground.memories[crowd.name].look()
                seconds = crowd.connect()
                crowd.enter(selector)
                grown = ground.memories[crowd.name].look() - before
                outcome.figures[f"{crowd.name}_connects"] = {
                    "sockets": crowd.size,
                    "per_second": round(crowd.size / seconds),
                    "kib_per_socket": round(grown / crowd.size / 1024, 1),
                }
            yield selector
        finally:
            for crowd in ground.crowds:
                crowd.close()


@dataclass
class Tally:
    """What one server gave in all its turns."""

    acknowledged: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    said: int = 0
    p95s: list[float] = field(default_factory=list)
    server_cpu: float = 0
    database_cpu: float = 0

    def as_json(self) -> dict[str, Any]:
        """Return the percentiles in milliseconds, and what a message costs."""
        return {
            "messages": self.said,
            "acknowledged_ms": _percentiles(self.acknowledged),
            "told_ms": _percentiles(self.told),
            "cpu_ms_a_message": {
                "server": round(self.server_cpu / self.said * 1000, 2),
                "database": round(self.database_cpu / self.said * 1000, 2),
            },
        }


def _take_turns(
    ground: Ground, selector: selectors.BaseSelector, seconds: float, turns: int, outcome: Outcome
) -> dict[str, Tally]:
    """Let each server be written to in turn, first the one and then the other first."""
    tallies = {crowd.name: Tally() for crowd in ground.crowds}
    own_cpu, began = time.process_time(), time.monotonic()
    for turn in range(turns):
        if outcome.complaints:
            break
        for crowd in ground.crowds if turn % 2 else ground.crowds[::-1]:
            tally, server = tallies[crowd.name], ground.webs[crowd.name].pid
            spent = cpu_seconds_under(server), cpu_seconds(ground.cluster)
            heard, _ = press(crowd, selector, RATE, seconds)
            tally.server_cpu += cpu_seconds_under(server) - spent[0]
            tally.database_cpu += cpu_seconds(ground.cluster) - spent[1]
            tally.said += heard.said
            tally.acknowledged += heard.acknowledged
            tally.told += heard.told
            tally.p95s.append(quantile(heard.acknowledged, 0.95))
            outcome.complaints += _missing(crowd.name, heard)
            for memory in ground.memories.values():
                memory.look()
    outcome.figures["cpu_of_the_clients"] = round((time.process_time() - own_cpu) / (time.monotonic() - began), 3)
    return tallies


def _judge(tallies: Mapping[str, Tally], ground: Ground, outcome: Outcome) -> None:
    """Hold the product's acknowledgements against the bare handler's, turn by turn, and look at its memory."""
    ratios = [ours / bare for ours, bare in zip(tallies[PRODUCT].p95s, tallies[BARE].p95s, strict=True)]
    outcome.value = round(statistics.median(ratios), 2)
    outcome.figures["p95_times_the_bare_one"] = {
        "median": outcome.value,
        "least": round(min(ratios), 2),
        "most": round(max(ratios), 2),
    }
    for name, tally in tallies.items():
        grown, a_minute = ground.memories[name].growth()
        outcome.figures[name] = tally.as_json() | {
            "mib": round(ground.memories[name].look() / MIB, 1),
            "grown_percent": round(grown * 100, 2),
            "grown_mib_a_minute": round(a_minute, 2),
        }
        if name == PRODUCT and grown > MOST_GROWTH:
            outcome.complaints.append(f"memory grew by {grown:.1%}, {a_minute:.2f} MiB a minute")


def _look_for_knees(ground: Ground, selector: selectors.BaseSelector, order: Order, outcome: Outcome) -> None:
    """Raise the rate of each server until it bears no more."""
    seconds = STEP_SECONDS_IN_SHORT if order.quick else STEP_SECONDS
    for crowd in ground.crowds:
        steps = find_knee(crowd, selector, seconds, lambda line: print(f"    {line}", flush=True))
        borne = [step.rate for step in steps if step.is_borne]
        outcome.figures[f"{crowd.name}_bears_a_second"] = max(borne, default=0)
        outcome.figures[f"{crowd.name}_steps"] = [_as_text(step) for step in steps]


def _as_text(step: Step) -> str:
    return f"{step.rate}: {step.per_second:g}/s, p95 {step.p95_ms:g} ms"


def _missing(name: str, heard: Heard) -> Iterator[str]:
    """Say what was not answered, or not told to everyone."""
    if heard.refused:
        yield f"{name}: {heard.refused} messages were refused"
    if len(heard.acknowledged) + heard.refused < heard.said:
        yield f"{name}: {heard.said - len(heard.acknowledged) - heard.refused} messages were not answered"
    if len(heard.told) != LISTENERS * heard.said:
        yield f"{name}: {len(heard.told)} of {LISTENERS * heard.said} deliveries came"


def _lost(ground: Ground) -> Iterator[str]:
    """Say how many acknowledged messages of the product are not there."""
    [acknowledged] = [crowd.acknowledged_ids for crowd in ground.crowds if crowd.name == PRODUCT]
    with ground.world.transaction() as session:
        stored = session.scalar(STORED, {"ids": acknowledged})
    if stored != len(acknowledged):
        yield f"{len(acknowledged)} messages were acknowledged and {stored} are there"


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {name: round(quantile(values, part) * 1000, 1) for name, part in PARTS.items()}


R9 = Proof(
    "R9",
    "a thousand sockets: p95 to a bare handler's",
    prove,
    goal=MOST_TIMES,
    better="lower",
    is_alone=True,
    is_about_time=True,
    broken=("messages_remembered", *OF_TIME, "tellings_dropped"),
    of_time=OF_TIME,
)
