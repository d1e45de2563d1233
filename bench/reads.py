"""S1: what a phone reads all day, beside a bare Flask view with one SELECT by primary key.

Product and ceiling run as one process each on one database and take turns, round by round, in the same order. A ratio
is taken within a round, so that a machine that slows down slows both.
"""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests as http

from bench import load, stage
from bench.patients import Measured, make_patients
from bench.results import Result
from development import postgres

PATIENTS = 20
BARE, TODAY, TODAY_304, OFFLINE, OFFLINE_304 = "bare", "today", "today 304", "offline", "offline 304"
GOALS = {TODAY: 0.70, TODAY_304: 0.85}


@dataclass(frozen=True, slots=True)
class Order:
    """How long to measure: so many rounds, in each so many seconds a request."""

    rounds: int
    seconds: float
    warm_up_seconds: float


FULL, QUICK = Order(12, 2.0, 2.0), Order(3, 0.7, 0.7)


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of request that is measured: of whom, with which answer."""

    name: str
    server: stage.Server
    requests: list[bytes]
    status: int


@dataclass(frozen=True, slots=True)
class Round:
    """What one kind of request gave in one round."""

    per_second: float
    server_cpu_ms: float
    database_cpu_ms: float
    body_bytes: float

    @property
    def cpu_ms(self) -> float:
        return self.server_cpu_ms + self.database_cpu_ms


def measure(order: Order, tell: Callable[[str], None]) -> list[Result]:
    """Return the results of S1."""
    with stage.opened() as (opened, settings), ExitStack() as running:
        patients = make_patients(settings, PATIENTS)
        opened.execute("CHECKPOINT")
        product = running.enter_context(stage.serving(settings, "wsgi:app", Path(opened.folder)))
        bare = running.enter_context(stage.serving(settings, "bench.bare:app", Path(opened.folder)))
        kinds = _kinds(patients, product, bare)
        for kind in kinds:
            load.send(kind.server.port, kind.requests, kind.status, order.warm_up_seconds)
        rounds: dict[str, list[Round]] = {kind.name: [] for kind in kinds}
        for number in range(order.rounds):
            tell(f"round {number + 1} of {order.rounds}")
            for kind in kinds:
                rounds[kind.name].append(_round(kind, opened.cluster, order.seconds))
    return [_result(name, rounds) for name in (TODAY, TODAY_304, OFFLINE, OFFLINE_304)]


def _kinds(patients: list[Measured], product: stage.Server, bare: stage.Server) -> list[Asked]:
    rows = [load.request(f"/{each.person.clinic_id}/{each.plan_id}") for each in patients]
    kinds = [Asked(BARE, bare, rows, 200)]
    for path, fresh, held in (("today", TODAY, TODAY_304), ("offline", OFFLINE, OFFLINE_304)):
        whole, known = [], []
        for each in patients:
            address = f"/v1/patients/{each.person.patient_id}/{path}"
            signed = {"Authorization": f"Bearer {each.person.token}", "Accept-Language": "de, en;q=0.5"}
            answer = http.get(f"http://127.0.0.1:{product.port}{address}", headers=signed, timeout=30)
            answer.raise_for_status()
            whole.append(load.request(address, **signed))
            known.append(load.request(address, **signed, If_None_Match=answer.headers["ETag"]))
        kinds += [Asked(fresh, product, whole, 200), Asked(held, product, known, 304)]
    return kinds


def _round(kind: Asked, cluster: postgres.Cluster, seconds: float) -> Round:
    server, database = kind.server.cpu_seconds(), stage.cluster_cpu_seconds(cluster)
    done = load.send(kind.server.port, kind.requests, kind.status, seconds)
    return Round(
        per_second=done.per_second,
        server_cpu_ms=(kind.server.cpu_seconds() - server) / done.answered * 1000,
        database_cpu_ms=(stage.cluster_cpu_seconds(cluster) - database) / done.answered * 1000,
        body_bytes=done.body_bytes / done.answered,
    )


def _result(name: str, rounds: dict[str, list[Round]]) -> Result:
    ratios = [one.per_second / bare.per_second for one, bare in zip(rounds[name], rounds[BARE], strict=True)]
    goal = GOALS.get(name)
    value = round(statistics.median(ratios), 3)
    return Result(
        id="S1",
        name=name,
        value=value,
        goal=goal,
        better="higher",
        figures={
            "ratio": _spread(ratios),
            "cpu_ratio": round(_median(rounds[name], "cpu_ms") / _median(rounds[BARE], "cpu_ms"), 2),
            **_figures(rounds[name]),
            "bare": _figures(rounds[BARE]),
        },
    )


def _figures(rounds: list[Round]) -> dict[str, Any]:
    return {
        "per_second": _spread([each.per_second for each in rounds], 0),
        "server_cpu_ms": round(_median(rounds, "server_cpu_ms"), 3),
        "database_cpu_ms": round(_median(rounds, "database_cpu_ms"), 3),
        "body_bytes": round(_median(rounds, "body_bytes")),
    }


def _median(rounds: list[Round], name: str) -> float:
    values: list[float] = [getattr(each, name) for each in rounds]
    return statistics.median(values)


def _spread(values: list[float], digits: int = 3) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }
