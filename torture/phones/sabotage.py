"""What goes wrong behind the phones: connections to the database are cut, web processes are killed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from threading import Event, Thread

from torture.killing import kill_worker
from torture.stage import Process, Stage

# Both take turns, and a kill is the first; a worker that is killed is started again by its master. Only what serves is
# killed, so that on a busy machine there is something that phones can reach.
SECONDS_BETWEEN = (0.2, 1.0)
CUTS_BETWEEN_KILLS = 7
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
            killed = kill_worker(lots.choice(webs)) if cuts >= CUTS_BETWEEN_KILLS else 0
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
