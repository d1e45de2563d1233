"""S1: what a phone reads all day, beside a bare Flask view with one SELECT by primary key.

Product and ceiling run as one process each on one database. `today` is read again while nothing changes, so after the
first time its process remembers the answer; `today, made anew` is asked for in other words each time, so that none is.
"""

from collections.abc import Callable
from itertools import count, cycle

import requests as http

from bench import load, stage
from bench.copies import settle
from bench.ground import Ground
from bench.patients import Measured, make_patients
from bench.results import Result
from bench.rounds import Kind, Order, held_against, take_turns

PATIENTS = 20
BARE, TODAY, TODAY_304, OFFLINE, OFFLINE_304 = "bare view", "today", "today 304", "offline", "offline 304"
ANEW = "today, made anew"
GOALS = {TODAY: 0.70, TODAY_304: 0.85}


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S1."""
    patients = make_patients(ground.app, ground.world, PATIENTS)
    settle(ground.connection)
    with ground.serving("wsgi:app") as product, ground.serving("bench.bare:app") as bare:
        rounds = take_turns(_kinds(patients, product, bare), ground.cluster, order, ground.tell)
    return [
        held_against("S1", name, BARE, rounds, goal=GOALS.get(name))
        for name in (TODAY, ANEW, TODAY_304, OFFLINE, OFFLINE_304)
    ]


def _kinds(patients: list[Measured], product: stage.Server, bare: stage.Server) -> list[Kind]:
    rows = [load.request(f"/{each.person.clinic_id}/{each.plan_id}", {}) for each in patients]
    return [
        _kind(BARE, bare, rows, 200),
        *_of_product(patients, product),
        Kind(ANEW, _anew(patients, product), product.cpu_seconds),
    ]


def _of_product(patients: list[Measured], product: stage.Server) -> list[Kind]:
    kinds = []
    for path, fresh, held in (("today", TODAY, TODAY_304), ("offline", OFFLINE, OFFLINE_304)):
        whole, known = [], []
        for each in patients:
            address = f"/v1/patients/{each.person.patient_id}/{path}"
            signed = {"Authorization": f"Bearer {each.person.token}", "Accept-Language": "de, en;q=0.5"}
            answer = http.get(f"http://127.0.0.1:{product.port}{address}", headers=signed, timeout=30)
            answer.raise_for_status()
            whole.append(load.request(address, signed))
            known.append(load.request(address, {**signed, "If-None-Match": answer.headers["ETag"]}))
        kinds += [_kind(fresh, product, whole, 200), _kind(held, product, known, 304)]
    return kinds


def unchanged(patients: list[Measured], server: stage.Server) -> Callable[[float], load.Load]:
    """Return what asks for days of which the phone has the newest state."""
    return next(each.run for each in _of_product(patients, server) if each.name == TODAY_304)


def _anew(patients: list[Measured], server: stage.Server) -> Callable[[float], load.Load]:
    """Return what asks for days of which no answer is remembered: each time with one language more that nobody has."""
    asked = (
        load.request(
            f"/v1/patients/{each.person.patient_id}/today",
            {"Authorization": f"Bearer {each.person.token}", "Accept-Language": f"de, en;q=0.5, x-{turn};q=0.1"},
        )
        for turn in count()
        for each in patients
    )
    return lambda seconds: load.send(server.port, asked, 200, seconds)


def _kind(name: str, server: stage.Server, requests: list[bytes], status: int) -> Kind:
    asked = cycle(requests)
    return Kind(name, lambda seconds: load.send(server.port, asked, status, seconds), server.cpu_seconds)
