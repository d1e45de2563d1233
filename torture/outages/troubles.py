"""What breaks down, one after the other, and how long it takes until all goes on: servers that are restarted, senders
that are too many, statements that do not end, locks in the opposite order, a disk without room.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg

from torture.outages.cast import Cast
from torture.outages.cluster import START_SECONDS, OwnCluster
from torture.outages.reporters import Reporter
from torture.outages.watching import AWAY
from torture.queue import Queue

WRITES_AGAIN_SECONDS = 5.0
# After that there is no use in waiting.
WRITES_PATIENCE_SECONDS = 10.0
LONGEST_AWAY_SECONDS = 1.0
CROWD = 40
TRIES = 5
FULL_SECONDS, NOT_FULL_SECONDS = 2.0, 20.0
FULL_DISK = "No space left on device"
GAVE_UP = "PANIC: "
DEADLOCK = "deadlock detected"
# Reports of whoever stands in the table take longer than a statement may; nobody else notices.
SLOWED = """
    CREATE TABLE torture_slow (patient_id uuid);
    CREATE FUNCTION torture_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF EXISTS (SELECT FROM public.torture_slow WHERE patient_id = NEW.patient_id) THEN PERFORM pg_sleep(60); END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER torture_wait BEFORE INSERT ON adherence_event FOR EACH ROW EXECUTE FUNCTION torture_wait();
"""


@dataclass
class Troubles:
    """Makes them; `seconds` says for each kind how long it took until all went on, each time. What is said at one
    process has to be heard at the other `live_again_seconds` after Redis is back.
    """

    cluster: OwnCluster
    queue: Queue
    cast: Cast
    ports: Sequence[int]
    lots: Random
    live_again_seconds: float
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def await_all_well(self) -> None:
        """Wait until everybody is at work, so that there is something to break down."""
        self.cast.probe.await_writes(START_SECONDS)
        self.cast.ears.await_others(self.cast.probe, START_SECONDS)

    def restart_postgres(self, way: str) -> None:
        """End it in that way; when it takes connections again, writes have to go through at every process."""
        self.seconds["postgres_itself"].append(self.cluster.restart(way))
        self.counts[f"postgres_{way}"] += 1
        self._await_writes()

    def restart_redis(self) -> None:
        """Take it away for a moment; nobody may notice but who listens, and they within their time."""
        refusals = self.cast.watch.refusals()
        self.queue.take_away()
        time.sleep(self.lots.uniform(0, LONGEST_AWAY_SECONDS))
        self._bring_redis_back()
        self._refuse_refusals(refusals)

    def restart_both(self, way: str) -> None:
        """Take Redis away, end PostgreSQL meanwhile, and bring both back."""
        self.queue.take_away()
        self.restart_postgres(way)
        self._bring_redis_back()

    def hang_redis(self, seconds: float) -> None:
        """Let it take what is said and answer nothing for so long."""
        refusals = self.cast.watch.refusals()
        self.queue.hang()
        time.sleep(seconds)
        self.queue.go_on()
        self.counts["redis_hung"] += 1
        self._await_live()
        self._refuse_refusals(refusals)

    def crowd(self) -> None:
        """Have more at one process than it has connections, as each waits for a row that somebody holds; another
        process goes on meanwhile, and this one as soon as they have been answered.
        """
        crowded, port, others = self.cast.crowded, self.ports[0], self.ports[1:]
        with self.cluster.connected() as holding, ThreadPoolExecutor(CROWD) as pool, holding.transaction():
            holding.execute("SELECT FROM patient WHERE id = %s FOR UPDATE", [crowded.patient_id])
            sent = [pool.submit(crowded.send_once, crowded.new(1), port) for _ in range(CROWD)]
            time.sleep(0.5)
            seconds = self.cast.probe.await_writes(WRITES_PATIENCE_SECONDS, others)
            self._note("others_while_crowded", seconds, WRITES_AGAIN_SECONDS)
            wait(sent, timeout=self.cast.watch.limit_seconds)
        answers = Counter(each.result() for each in sent)
        self.counts["refused_in_the_crowd"] += answers[AWAY]
        if set(answers) != {AWAY}:
            self.complaints.append(f"a crowd behind a held row was answered {dict(answers)}")
        self._await_writes()

    def slow_down(self) -> None:
        """Let reports of one patient take longer than a statement may."""
        slow = self.cast.slow
        with self.cluster.connected() as connection, ThreadPoolExecutor(len(self.ports)) as pool:
            connection.execute("INSERT INTO torture_slow VALUES (%s)", [slow.patient_id])
            answers = list(pool.map(lambda port: slow.send_once(slow.new(1), port), self.ports))
            connection.execute("DELETE FROM torture_slow")
        self.counts["statements_ended"] += answers.count(AWAY)
        if set(answers) != {AWAY}:
            self.complaints.append(f"statements that do not end were answered {answers}")
        slow.report(slow.new(1))

    def deadlock(self) -> None:
        """Hold what a report takes last, and want what it took first, so that PostgreSQL ends it: it is tried again,
        and whoever sent it notices nothing. Again where the report was so slow that there was none.
        """
        before = self.cluster.log.count(DEADLOCK)
        for _ in range(TRIES):
            answer = self._cross()
            if answer != 200:
                self.complaints.append(f"the victim of a deadlock was answered {answer}")
            if happened := self.cluster.log.count(DEADLOCK) - before:
                self.counts["deadlocks"] += happened
                return
        self.complaints.append("no deadlock came about")

    def _cross(self) -> int:
        """Have a report and somebody else want what the other one holds; return what the report was answered."""
        reporter = self.cast.deadlocked
        with self.cluster.connected() as other, ThreadPoolExecutor(1) as pool:
            # It is not we who are to be the victim.
            other.execute("SET deadlock_timeout = '30s'")
            with other.transaction():
                other.execute("LOCK TABLE audit_entry IN SHARE MODE")
                sent = pool.submit(reporter.send_once, reporter.new(1), self.lots.choice(self.ports))
                self._await_hold(reporter)
                _want(other, reporter)
            return sent.result()

    def fill_disk(self) -> None:
        """Leave no room until somebody has been refused for it, and a while longer; then give it back."""
        before, gave_up = self.cluster.log.count(FULL_DISK), self.cluster.log.count(GAVE_UP)
        refusals = self.cast.watch.refusals()
        self.cluster.fill_disk()
        until = time.monotonic() + NOT_FULL_SECONDS
        while self.cluster.log.count(FULL_DISK) == before and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(FULL_SECONDS)
        self.cluster.free_disk()
        self.counts["postgres_down_for_want_of_room"] += self.cluster.log.count(GAVE_UP) - gave_up
        self.counts["refused_for_want_of_room"] += self.cast.watch.refusals() - refusals
        if self.cluster.log.count(FULL_DISK) == before:
            self.complaints.append("the disk was never full")
        self.cluster.await_ready()
        self._await_writes()

    def _await_hold(self, reporter: Reporter) -> None:
        """Wait until the report holds the patient's row."""
        until = time.monotonic() + WRITES_AGAIN_SECONDS
        with self.cluster.connected() as looking:
            while time.monotonic() < until and _is_free(looking, reporter):
                time.sleep(0.02)

    def _bring_redis_back(self) -> None:
        self.queue.bring_back()
        self.counts["redis_restarted"] += 1
        self._await_live()

    def _await_writes(self) -> None:
        self._note("writes_again", self.cast.probe.await_writes(WRITES_PATIENCE_SECONDS), WRITES_AGAIN_SECONDS)

    def _await_live(self) -> None:
        seconds = self.cast.ears.await_others(self.cast.probe, self.live_again_seconds)
        self._note("live_again", seconds, self.live_again_seconds)

    def _refuse_refusals(self, before: int) -> None:
        if more := self.cast.watch.refusals() - before:
            self.complaints.append(f"{more} were refused though Redis alone was away")

    def _note(self, what: str, seconds: float, most: float) -> None:
        self.seconds[what].append(seconds)
        if seconds > most:
            self.complaints.append(f"{what.replace('_', ' ')} only after {seconds:.1f} s")


def _want(other: psycopg.Connection[Any], reporter: Reporter) -> None:
    """Wait for the row that the report holds. Whoever tries again may be quicker than we; before there is a deadlock
    again we give up.
    """
    with suppress(psycopg.errors.LockNotAvailable), other.transaction():
        other.execute("SET LOCAL lock_timeout = '900ms'")
        other.execute("SELECT FROM patient WHERE id = %s FOR UPDATE", [reporter.patient_id])


def _is_free(looking: psycopg.Connection[Any], reporter: Reporter) -> bool:
    query = "SELECT FROM patient WHERE id = %s FOR UPDATE SKIP LOCKED"
    return looking.execute(query, [reporter.patient_id]).fetchone() is not None
