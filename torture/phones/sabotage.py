"""What goes wrong behind the phones: connections to the database are cut, web processes are killed."""

import contextlib
import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import requests

from torture.stage import Process, Stage

# Both take turns, and a kill is the first; a worker that is killed is started again by its master. Only what serves is
# killed, so that on a busy machine there is something that phones can reach.
SECONDS_BETWEEN = (0.2, 1.0)
CUTS_BETWEEN_KILLS = 7
ANSWER_SECONDS = 1
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = '{name}' AND backend_type = 'client backend' ORDER BY random() LIMIT {amount}
"""


@contextmanager
def sabotaged(stage: Stage, database: str, webs: Sequence[Process], lots: Random) -> Iterator[Counter[str]]:
    """Cut and kill while the block runs; the counts say how often."""
    counts: Counter[str] = Counter(database_cuts=0, web_kills=0)
    over = Event()

    def work() -> None:
        cuts = CUTS_BETWEEN_KILLS
        while not over.wait(lots.uniform(*SECONDS_BETWEEN)):
            killed = _kill_worker(lots.choice(webs)) if cuts >= CUTS_BETWEEN_KILLS else 0
            if killed:
                counts["web_kills"] += killed
                cuts = 0
            else:
                amount = lots.randint(1, 3)
                stage.execute(CUT.format(name=database, amount=amount))
                counts["database_cuts"] += amount
                cuts += 1

    thread = Thread(target=work, name="sabotage")
    thread.start()
    try:
        yield counts
    finally:
        over.set()
        thread.join()


def _kill_worker(web: Process) -> int:
    """Kill what serves behind the master, without warning; return how many: none when it does not serve just now."""
    if not _serves(web):
        return 0
    masters = _children_of(web.child.keeper.pid)
    workers = [each for master in masters for each in _children_of(master)]
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return len(workers)


def _serves(web: Process) -> bool:
    try:
        return requests.get(f"{web.url}/readyz", timeout=ANSWER_SECONDS).ok
    except requests.RequestException:
        return False


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name of a program may hold blanks and brackets.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
