"""Kinds of operations that take turns, round by round, and what came of them.

A ratio is taken within a round, so that a machine that slows down slows both sides. Beside the rate stands the
processor time of one operation, of whoever serves it and of PostgreSQL, which holds still where the clock does not.
"""

import gc
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.load import Load
from bench.results import Result
from bench.stage import cluster_cpu_seconds
from development import postgres


@dataclass(frozen=True, slots=True)
class Order:
    """How long to measure: so many rounds, in each so many seconds a kind; and among how many clinics besides."""

    rounds: int
    seconds: float
    warm_up_seconds: float
    clinics_beside: int
    is_short: bool = False


FULL, QUICK = Order(7, 1.5, 1.5, 2), Order(5, 0.4, 0.4, 0, is_short=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """An operation that is done over and over for some seconds, by whoever spends `cpu_seconds` on it."""

    name: str
    run: Callable[[float], Load]
    cpu_seconds: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Round:
    """What one kind gave in one round."""

    per_second: float
    server_cpu_ms: float
    database_cpu_ms: float
    body_bytes: float

    @property
    def cpu_ms(self) -> float:
        return self.server_cpu_ms + self.database_cpu_ms


Rounds = dict[str, list[Round]]


def take_turns(kinds: Sequence[Kind], cluster: postgres.Cluster, order: Order, tell: Callable[[str], None]) -> Rounds:
    """Let every kind warm up, then take its turn in each round."""
    for kind in kinds:
        kind.run(order.warm_up_seconds)
    # As wsgi.py does in the product: what was made so far is not looked through for garbage by those measured here.
    gc.collect()
    gc.freeze()
    rounds: Rounds = {kind.name: [] for kind in kinds}
    for number in range(order.rounds):
        tell(f"round {number + 1} of {order.rounds}")
        for kind in kinds:
            rounds[kind.name].append(_round(kind, cluster, order.seconds))
    return rounds


def held_against(
    identifier: str, name: str, ceiling: str, rounds: Rounds, *, goal: float | None = None, told_as: str = ""
) -> Result:
    """Return the rate of one kind as a part of that of its ceiling."""
    ratios = [one.per_second / most.per_second for one, most in zip(rounds[name], rounds[ceiling], strict=True)]
    figures = _both(rounds, name, ceiling, ratios)
    return Result(identifier, told_as or name, figures["ratio"]["median"], goal, "higher", figures)


def times_as_long(
    identifier: str, told_as: str, name: str, other: str, rounds: Rounds, *, goal: float | None = None, better: str
) -> Result:
    """Return how many times as long one kind takes as another."""
    ratios = [most.per_second / one.per_second for one, most in zip(rounds[name], rounds[other], strict=True)]
    figures = _both(rounds, name, other, ratios)
    return Result(identifier, told_as, figures["ratio"]["median"], goal, better, figures)


def times_the_cpu(
    identifier: str, told_as: str, name: str, other: str, rounds: Rounds, *, goal: float | None = None
) -> Result:
    """Return how many times the CPU of another kind one takes for an operation, server and PostgreSQL together."""
    ratios = [one.cpu_ms / most.cpu_ms for one, most in zip(rounds[name], rounds[other], strict=True)]
    figures = _both(rounds, name, other, ratios)
    return Result(identifier, told_as, figures["ratio"]["median"], goal, "lower", figures)


def _round(kind: Kind, cluster: postgres.Cluster, seconds: float) -> Round:
    server, database = kind.cpu_seconds(), cluster_cpu_seconds(cluster)
    done = kind.run(seconds)
    return Round(
        per_second=done.per_second,
        server_cpu_ms=(kind.cpu_seconds() - server) / done.answered * 1000,
        database_cpu_ms=(cluster_cpu_seconds(cluster) - database) / done.answered * 1000,
        body_bytes=done.body_bytes / done.answered,
    )


def _both(rounds: Rounds, name: str, other: str, ratios: list[float]) -> dict[str, Any]:
    return {
        "ratio": _spread(ratios),
        "cpu_ratio": round(_median(rounds[name], "cpu_ms") / _median(rounds[other], "cpu_ms"), 2),
        **_figures(rounds[name]),
        "beside": {"name": other, **_figures(rounds[other])},
    }


def _figures(rounds: list[Round]) -> dict[str, Any]:
    return {
        "per_second": _spread([each.per_second for each in rounds], 1),
        "server_cpu_ms": round(_median(rounds, "server_cpu_ms"), 3),
        "database_cpu_ms": round(_median(rounds, "database_cpu_ms"), 3),
        "body_bytes": round(_median(rounds, "body_bytes")),
    }


def _median(rounds: Iterable[Round], name: str) -> float:
    values: list[float] = [getattr(each, name) for each in rounds]
    return statistics.median(values)


def _spread(values: list[float], digits: int = 3) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }
