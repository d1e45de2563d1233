"""R1: ten thousand messages while web processes are killed, exactly before a COMMIT and exactly after, and at random,
with Redis stopped, hung and wiped: nothing acknowledged is lost, nothing is there twice, out of order or unasked for.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import inf
from threading import Event

from sqlalchemy import text

from tests.world import World
from torture.chat.cast import Cast, make_cast
from torture.chat.faults import TURNS, Faults, Plan
from torture.chat.judging import COUNTED, judge
from torture.chat.ledger import Json, Ledger
from torture.chat.phone import Phone
from torture.proof import Order, Outcome, Proof
from torture.queue import Queue
from torture.remote import remote_world
from torture.stage import Process, Stage
from torture.wire.line import Wire
from torture.wire.proxy import Point

PROCESSES = 2
# What all statements have in common that write a message, or what becomes of one.
MARKER = r"(INSERT INTO|UPDATE|DELETE FROM) message(_version|_reaction)?\b"
CONVERSATIONS = 5
# The master has the app at hand, so that who was killed is back at once.
WORDS = ("--preload",)
WITHOUT_REDIS_SECONDS = 2.5
# As promised, and of a broken build far longer than the whole one takes.
LIVE_AGAIN_SECONDS = (30, 30, 10)
A_PAGE = 100
# A broken build is tried in short, again and again, until it is caught.
ROUNDS = 5
LONGEST_LINE = 300
STORED = text("SELECT seq, sender_id, client_id FROM message WHERE conversation_id = :conversation_id ORDER BY seq")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a round is played on."""

    world: World
    webs: Sequence[Process]
    wire: Wire
    queue: Queue

    @property
    def ports(self) -> list[int]:
        return [web.port for web in self.webs]


def prove(stage: Stage, order: Order) -> Outcome:
    """Play one round, and of a broken build several."""
    ground = _prepare(stage, order)
    outcome = Outcome()
    for number in range(ROUNDS if order.broken else 1):
        _play(ground, replace(order, seed=order.seed + number), outcome)
        outcome.complaints += [line[:LONGEST_LINE] for web in ground.webs for line in web.unforeseen()]
        if outcome.complaints:
            break
    return outcome


def _prepare(stage: Stage, order: Order) -> Ground:
    settings, queue, wire = stage.settings(), stage.queue(), stage.wire(MARKER)
    watched = replace(settings, database_url=wire.through(settings.database_url), redis_url=queue.url)
    with ThreadPoolExecutor(PROCESSES) as pool:
        webs = list(pool.map(lambda _: stage.web(watched, order.broken, *WORDS), range(PROCESSES)))
    return Ground(remote_world(settings, webs), webs, wire, queue)


def _play(ground: Ground, order: Order, outcome: Outcome) -> None:
    """Write under faults, then in the quiet without Redis; then read everything, and judge."""
    ledger, lots = Ledger(), order.lots
    cast = make_cast(ground.world, CONVERSATIONS, ground.ports, lots, ledger)
    amount = order.amount(10_000, 600, 150)
    plan = Plan(order.amount(200, 12, 5), order.amount(50, 4, 2), order.amount(4, 1, 1))
    faults = Faults(ground.wire, ground.queue, ground.webs, plan, lots, lambda: _progress(ledger, amount))
    over, began = Event(), time.monotonic()
    with ThreadPoolExecutor(len(cast.phones) + len(cast.readers) + 1) as pool:
        listening = [pool.submit(reader.work, over.is_set) for reader in cast.readers]
        try:
            faulting = pool.submit(faults.work)
            _write(pool, cast.phones, lambda: _is_amiss(ledger) or (faulting.done() and ledger.acknowledged >= amount))
            faulting.result()
            outcome.figures["seconds_of_faults"] = round(time.monotonic() - began, 1)
            if not _is_amiss(ledger):
                patience = order.amount(*LIVE_AGAIN_SECONDS)
                outcome.figures["live_again_seconds"] = _fall_silent(faults, cast, ground, patience)
        finally:
            over.set()
        for each in listening:
            each.result()
    _reckon(ground, cast, faults, ledger, outcome)


def _reckon(ground: Ground, cast: Cast, faults: Faults, ledger: Ledger, outcome: Outcome) -> None:
    """Read everything, and hold it against the books."""
    final = {conversation_id: _read(cast, conversation_id) for conversation_id in cast.leads}
    found = judge(ledger, final)
    found["observed"] = sum(len(reader.kept) for reader in cast.readers)
    found["stale"] = sum(reader.shows(final[reader.conversation_id]) for reader in cast.readers)
    found["stale"] += _unlike_the_database(ground.world, final)
    amiss = {what: found[what] for what in (*COUNTED, "stale") if found[what]}
    outcome.value = sum(amiss.values())
    outcome.complaints += [*ledger.complaints, *faults.complaints]
    outcome.complaints += [] if _is_amiss(ledger) else _falling_short(faults)
    outcome.complaints += [f"{times} messages {what.replace('_', ' ')}" for what, times in amiss.items()]
    outcome.figures |= {**found, **dict(sorted(faults.counts.items())), **dict(sorted(ledger.counts.items()))}


def _progress(ledger: Ledger, amount: int) -> float:
    return inf if _is_amiss(ledger) else ledger.acknowledged / amount


def _is_amiss(ledger: Ledger) -> bool:
    """Tell whether there is something to complain of, so that more of it would tell nothing."""
    return bool(ledger.complaints)


def _write(pool: ThreadPoolExecutor, phones: Iterable[Phone], is_over: Callable[[], bool]) -> None:
    for done in [pool.submit(phone.work, is_over) for phone in phones]:
        done.result()


def _fall_silent(faults: Faults, cast: Cast, ground: Ground, patience_seconds: float) -> float:
    """Let the last words be said while Redis is away, and nothing afterwards that would show a gap; return how long it
    took after its return until every reader had all, or nobody waited any longer.

    It is said at one process or the other, and never at both, so that who listens at the other one cannot know.
    """
    of_each = {phone.conversation_id: phone for phone in cast.phones}
    with faults.redis_away():
        for phone, port in zip(of_each.values(), itertools.cycle(ground.ports), strict=False):
            sending = phone.new()
            while not phone.send_by_http(sending, port):
                time.sleep(0.1)
        time.sleep(WITHOUT_REDIS_SECONDS)
    back = time.monotonic()
    there = {conversation_id: _conversation(cast, conversation_id) for conversation_id in cast.leads}

    def behind() -> int:
        return sum(each.number < there[each.conversation_id][each.number_of_all] for each in cast.readers)

    faults.counts["readers_behind_when_redis_came_back"] = behind()
    while behind() and time.monotonic() < back + patience_seconds:
        time.sleep(0.1)
    return round(time.monotonic() - back, 1)


def _read(cast: Cast, conversation_id: str) -> list[Json]:
    """Read a conversation from its first message to its last, as its lead."""
    read: list[Json] = []
    while True:
        after = read[-1]["seq"] if read else 0
        path = f"/v1/conversations/{conversation_id}/messages?after={after}&limit={A_PAGE}"
        page = cast.leads[conversation_id].http.get(path).get_json()
        read += page["items"]
        if not page["has_more"]:
            return read


def _conversation(cast: Cast, conversation_id: str) -> Json:
    answer: Json = cast.leads[conversation_id].http.get(f"/v1/conversations/{conversation_id}").get_json()
    return answer


def _unlike_the_database(world: World, final: Mapping[str, Sequence[Json]]) -> int:
    """Count what the API shows otherwise than the table has it."""
    wrong = 0
    with world.transaction() as session:
        for conversation_id, messages in final.items():
            rows = session.execute(STORED, {"conversation_id": conversation_id}).all()
            stored = [(row.seq, row.sender_id and str(row.sender_id), str(row.client_id)) for row in rows]
            shown = [(each["seq"], each["sender_id"], each["client_id"]) for each in messages]
            wrong += len(set(stored) ^ set(shown)) + abs(len(stored) - len(shown))
    return wrong


def _falling_short(faults: Faults) -> list[str]:
    """Say of which faults there were fewer than planned: then the rest proves nothing."""
    done = Counter(faults.counts)
    wanted = {f"killed_{point}_commit": faults.plan.exact_of_each for point in Point}
    wanted["killed_at_random"] = faults.plan.random
    wanted |= {f"redis_{turn}": faults.plan.turns_of_redis for turn in TURNS}
    return [f"{what}: {done[what]} of {times} planned" for what, times in wanted.items() if done[what] < times]


R1 = Proof(
    "R1",
    "chat under kills: nothing lost, twice, or amiss",
    prove,
    broken=(
        "committed_in_the_background",
        "told_before_commit",
        "messages_without_key",
        "repeats_known_for_a_while",
        "repeats_of_anyone",
        "repeats_get_another_id",
        "messages_numbered_by_a_sequence",
        "messages_numbered_without_the_lock",
        "caught_up_by_time",
        "losses_not_confessed",
        "changes_not_numbered",
        "withdrawn_words_stay",
    ),
)
