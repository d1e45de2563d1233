"""R8: PostgreSQL ended ten times in every way and Redis ten times, a full disk, no connection free, statements that do
not end, deadlocks: nothing acknowledged is lost, all goes on by itself and in time, and whoever asks meanwhile is told
when to come again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import cycle
from random import Random

from alembic import command

from hep_api.commands import migrations_config
from hep_api.foundation.settings import Settings
from torture.chat.judging import COUNTED, judge
from torture.outages.cast import Cast, Size
from torture.outages.cluster import WAYS, OwnCluster
from torture.outages.files import fill_files
from torture.outages.troubles import SLOWED, Troubles
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Process, Stage

PROCESSES = 2
# As promised, and of a broken build far longer than the whole one takes.
LIVE_AGAIN_SECONDS = (30, 30, 8)
OFTEN = 1_000_000
LEASE_SECONDS = 6
# In full and in short.
LOCK_MS, STATEMENT_MS, LIMIT_SECONDS, HUNG_SECONDS = (3_000, 2_000), (10_000, 3_000), (15, 10), (3, 1)
JOBS_DONE_SECONDS = 30.0
LONGEST_LINE = 300
WAITING = "SELECT count(*) FROM job WHERE outcome IS NULL AND run_at <= now()"
GIVEN_UP = "SELECT count(*) FROM job WHERE outcome = 'dead'"
DONE = "SELECT count(*) FROM job WHERE outcome = 'done'"
# Which parts try a broken build.
OF_RESTARTS = ("commits_not_waited_for", "outages_unforeseen", "lost_connections_kept")
OF_REDIS = ("never_subscribed_again",)
OF_CROWDS = ("waits_without_end",)
OF_DEADLOCKS = ("deadlocks_not_tried_again",)
OF_FILES = ("full_disks_unforeseen",)


def prove(stage: Stage, order: Order) -> Outcome:
    """Let everything break down under everybody at work; a broken build is tried by the part that concerns it."""
    outcome = Outcome()
    with ThreadPoolExecutor(1) as pool:
        # On a web server of its own, so it can be tried beside the rest.
        of_files = [] if order.broken and order.broken not in OF_FILES else [pool.submit(fill_files, stage, order)]
        if order.broken not in OF_FILES:
            _break_down(stage, order, outcome)
        for done in of_files:
            outcome.figures["files_refused_for_want_of_room"], complaints = done.result()
            outcome.complaints += complaints
    outcome.value = len(outcome.complaints)
    return outcome


def _break_down(stage: Stage, order: Order, outcome: Outcome) -> None:
    lots = order.lots
    with ExitStack() as open_:
        cluster = open_.enter_context(OwnCluster.started(stage.folder / f"postgres-{time.monotonic_ns()}.log"))
        queue = stage.queue()
        settings = _settings(stage, cluster, queue.url, order)
        with ThreadPoolExecutor(PROCESSES) as pool:
            webs = list(pool.map(lambda _: stage.web(settings, order.broken), range(PROCESSES)))
        worker = stage.worker(settings, order.broken)
        ports = [web.port for web in webs]
        size = Size(order.amount(3, 2, 1), order.amount(4, 2, 1), order.amount(2, 2, 1), order.amount(*LIMIT_SECONDS))
        cast = Cast(remote_world(settings, webs), ports, size, lots)
        troubles = Troubles(cluster, queue, cast, ports, lots, order.amount(*LIVE_AGAIN_SECONDS))
        with cast.at_work():
            _trouble(troubles, order)
        _reckon(cast, troubles, [*webs, worker], outcome, only_until_caught=bool(order.broken))


def _settings(stage: Stage, cluster: OwnCluster, queue_url: str, order: Order) -> Settings:
    """Make the tables on the cluster; return production's settings, with limits that count and refuse nobody; in short
    nobody waits as long.
    """
    command.upgrade(migrations_config(cluster.url), "head")
    with cluster.connected() as connection:
        connection.execute(SLOWED.encode())
    return replace(
        stage.settings(),
        database_url=cluster.url,
        redis_url=queue_url,
        lock_timeout_ms=order.amount(*LOCK_MS),
        statement_timeout_ms=order.amount(*STATEMENT_MS),
        job_lease_seconds=LEASE_SECONDS,
        limits_enabled=True,
        requests_per_minute=OFTEN,
        open_requests_per_minute=OFTEN,
        strange_sign_ins_per_hour=OFTEN,
    )


def _trouble(troubles: Troubles, order: Order) -> None:
    """Make the troubles of this order, until there is something to complain of."""
    troubles.await_all_well()
    for make in _plan(troubles, order):
        make()
        if troubles.complaints or troubles.cast.is_amiss:
            troubles.cast.watch.is_given_up = bool(order.broken)
            return


def _plan(troubles: Troubles, order: Order) -> Sequence[Callable[[], None]]:
    if order.broken in OF_RESTARTS:
        return [lambda: troubles.restart_postgres("killed")] * 4
    if order.broken in OF_REDIS:
        return [troubles.restart_redis] * 2
    if order.broken in OF_CROWDS:
        return [troubles.crowd]
    if order.broken in OF_DEADLOCKS:
        return [troubles.deadlock] * 3
    return [
        *_restarts(troubles, order.amount(10, 3), order.lots),
        lambda: troubles.hang_redis(order.amount(*HUNG_SECONDS)),
        lambda: _at_once(troubles.slow_down, troubles.crowd),
        *[troubles.deadlock] * order.amount(10, 3),
        troubles.cluster.move_to_a_small_disk,
        *[troubles.fill_disk] * order.amount(2, 1),
    ]


def _restarts(troubles: Troubles, amount: int, lots: Random) -> Sequence[Callable[[], None]]:
    """Return so many restarts of each server in an order drawn by lot, every second one of both at a time."""
    ways = [way for way, _ in zip(cycle(WAYS), range(amount), strict=False)]
    made: list[Callable[[], None]] = []
    for number, way in enumerate(ways):
        if number % 2:
            made.append(lambda way=way: troubles.restart_both(way))  # type: ignore[misc]
        else:
            made += [lambda way=way: troubles.restart_postgres(way), troubles.restart_redis]  # type: ignore[misc]
    lots.shuffle(made)
    return made


def _at_once(*deeds: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(deeds)) as pool:
        for done in [pool.submit(deed) for deed in deeds]:
            done.result()


def _reckon(
    cast: Cast, troubles: Troubles, processes: Sequence[Process], outcome: Outcome, *, only_until_caught: bool
) -> None:
    """Hold everything against the books, what was answered and what there is in the end."""
    outcome.complaints += troubles.complaints
    if not (only_until_caught and (troubles.complaints or cast.is_amiss)):
        outcome.complaints += _amiss(cast)
        outcome.complaints += _unfinished(troubles.cluster, outcome)
    outcome.complaints += [*cast.watch.told(), *cast.ledger.complaints]
    outcome.complaints += [line[:LONGEST_LINE] for process in processes for line in process.unforeseen()]
    outcome.complaints += [f"{each.log_file.stem} ended" for each in processes if each.child.exit_code() is not None]
    outcome.figures |= {
        **dict(sorted(troubles.counts.items())),
        **{f"{what}_seconds": _spread(seconds) for what, seconds in troubles.seconds.items()},
        "messages": cast.ledger.acknowledged,
        "events": sum(len(reporter.acknowledged) for reporter in cast.all_reporters),
        **dict(sorted(cast.watch.counts.items())),
        "longest_answer_seconds": round(cast.watch.longest_seconds, 1),
    }


def _amiss(cast: Cast) -> Iterator[str]:
    """Read everything, and yield what is not as it was acknowledged."""
    if is_whole := not cast.is_amiss:
        cast.last_words()
    final = {conversation_id: cast.read(conversation_id) for conversation_id in cast.leads}
    found = judge(cast.ledger, final)
    found["stale"] = is_whole and sum(each.shows(final[each.conversation_id]) for each in cast.readers)
    yield from (f"{found[what]} messages {what.replace('_', ' ')}" for what in (*COUNTED, "stale") if found[what])
    yield from (line for reporter in cast.all_reporters for line in reporter.compare())


def _unfinished(cluster: OwnCluster, outcome: Outcome) -> list[str]:
    """Say which jobs are not done though their time has come, or were given up."""
    with cluster.connected() as connection:

        def count(query: str) -> int:
            row = connection.execute(query.encode()).fetchone()
            return int(row[0]) if row else 0

        until = time.monotonic() + JOBS_DONE_SECONDS
        while count(WAITING) and time.monotonic() < until:
            time.sleep(0.1)
        outcome.figures["jobs_done"] = count(DONE)
        amounts = {"were not done": count(WAITING), "were given up": count(GIVEN_UP)}
    return [f"{amount} jobs {what}" for what, amount in amounts.items() if amount]


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"median": round(ordered[len(ordered) // 2], 2), "most": round(ordered[-1], 2)}


R8 = Proof(
    "R8",
    "outages: nothing lost, all goes on by itself",
    prove,
    broken=(*OF_RESTARTS, *OF_REDIS, *OF_CROWDS, *OF_DEADLOCKS, *OF_FILES),
    waits=True,
)
