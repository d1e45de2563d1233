"""What README.md says of both runs: how much of all that is promised was kept, the best known of it, and all that was
missed. docs/torture.md and docs/performance.md have the rest.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from development.figures.tables import number
from development.figures.told import Run, Told

Figures = Mapping[str, Any]

# What was done, by the figures of a proof, and what its value counts.
DONE: Mapping[str, tuple[Callable[[Figures], str], str]] = {
    "R1": (
        lambda found: f"{found['acknowledged']:,} messages acknowledged under {_kills(found)} `kill -9`",
        "lost, twice, or out of order",
    ),
    "R2": (
        lambda found: (
            f"{found['events']:,} events of {found['phones']} phones, {found['database_cuts']} cuts of the database"
        ),
        "lost, twice, or counted wrongly",
    ),
    "R3": (
        lambda found: f"{found['requests_judged']:,} requests of every role at {found['routes']} routes",
        "leaks or effects",
    ),
    "R4": (lambda found: f"{found['inputs']:,} malformed inputs", "5xx, or not read back"),
    "R5": (lambda found: f"access ended in {found['cases']} ways", "seconds until the last word"),
    "R7": (
        lambda found: (
            f"{found['accepted']:,} pushes under {_kills(found)} kills, {found['answered_wrongly']} of Google's"
            " answers wrong"
        ),
        "lost, or with a word of health data",
    ),
    "R8": (
        lambda found: f"PostgreSQL ended {_ends(found)} times, Redis {found['redis_restarted']} times, full disks",
        "acknowledged and lost, or not going on by itself",
    ),
    "R9": (
        lambda found: f"{found['product_connects']['sockets']:,} open sockets, 50 messages a second",
        "times a bare handler's 95th percentile",
    ),
    "R10": (lambda found: f"{found['events']:,} events backed up, wiped, restored", "differences"),
}
# The measurements that are told in any case, in the words of whom they matter to.
MEASURED = {
    ("S1", "today"): "a patient's day, read: rate beside a bare Flask view",
    ("S2", "100 events by HTTP"): "100 events taken in and counted: rate beside a bare INSERT",
    ("S3", "message.send, rate"): "a message sent and told: rate beside stock Flask-SocketIO with an INSERT",
    ("S4", "from raw events"): "a clinic's summary of 2,000 patients: times faster than from raw events",
    ("S5", "seconds from start to first answer"): "seconds from start to the first answer",
    ("S6", "process ends: clients away, p99, s"): "seconds that clients are away when their process ends, p99",
}


def headlines(runs: Mapping[str, Run]) -> str:
    """Return a table for each run that there is."""
    tables = ("\n".join(_TABLES[name](run)) for name, run in runs.items())
    return "\n\n".join(tables)


def _of_torture(run: Run) -> Iterator[str]:
    kept = sum(each.is_ok for each in run.results)
    caught, known = (sum(each.bites[place] for each in run.results) for place in (0, 1))
    yield (
        f"| [`make torture`](docs/torture.md): **{kept} of {len(run.results)} promises kept** under fault and attack;"
        f" {caught} of {known} builds that are broken on purpose caught | found | promised |"
    )
    yield "|---|---|---|"
    for each in run.results:
        if each.id in DONE:
            done, counted = DONE[each.id]
            yield _row(each, done(each.figures), "not kept", counted)
        elif not each.is_ok:
            yield _row(each, each.name, "not kept")


def _of_bench(run: Run) -> Iterator[str]:
    held = [each for each in run.results if each.goal is not None]
    reached = sum(each.is_ok for each in held)
    yield (
        f"| [`make bench`](docs/performance.md): **{reached} of {len(held)} goals of speed reached** | median |"
        " promised |"
    )
    yield "|---|---|---|"
    for each in held:
        words = MEASURED.get((each.id, each.name))
        if words or not each.is_ok:
            yield _row(each, words or each.name, "missed")


_TABLES: Mapping[str, Callable[[Run], Iterator[str]]] = {"torture": _of_torture, "bench": _of_bench}


def _row(each: Told, done: str, otherwise: str, counted: str = "") -> str:
    verdict = "" if each.is_ok else f": **{otherwise}**"
    promised = each.goal_in_words or f"{each.goal:g}"
    found = f"**{number(each.value)}** {counted}".rstrip()
    return f"| {each.id}: {done} | {found} | {promised}{verdict} |"


def _kills(found: Figures) -> int:
    return sum(found[f"killed_{when}"] for when in ("before_commit", "after_commit", "at_random"))


def _ends(found: Figures) -> int:
    return sum(found[f"postgres_{how}"] for how in ("fast", "immediate", "killed"))
