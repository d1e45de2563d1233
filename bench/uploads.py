"""S2: batches of 100 events with everything that an upload counts, beside bare psycopg that only inserts them.

Phones that were offline for two weeks send what six exercises came to, one batch after the other. The ceiling writes
the same rows into a copy of the table with the same indexes, one transaction a batch, on one connection: as anyone
writes it (`execute` with a row of placeholders for each event), and in two ways that spare psycopg that work.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg

from bench import ceilings, load, stage
from bench.copies import make_clinic, settle
from bench.ground import Ground
from bench.phones import NUMBER, Batch, batches_of, make_offline_models
from bench.results import Result
from bench.rounds import Kind, Order, held_against, take_turns

HTTP, ACTION = "100 events by HTTP", "100 events to the action"
VALUES, MANY, NUMBERED = "bare INSERT of 100 rows", "bare executemany", "bare INSERT, numbered"
WAYS: Mapping[str, ceilings.Way] = {VALUES: "values", MANY: "many", NUMBERED: "numbered"}
GOAL = 0.50
# Each has four batches: more than two processes take in.
PATIENTS_A_SECOND = 50


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S2."""
    connection, model = ground.connection, make_offline_models(ground.world)
    copies = math.ceil(PATIENTS_A_SECOND / len(model.models) * order.seconds * (order.rounds + 1))
    clinic = make_clinic(connection, ground.world, model, copies=copies, number=NUMBER)
    settle(connection)
    ground.tell("patients are there; their phones write what they will send")
    batches = list(batches_of(ground.app, model, clinic.clinic_id, copies=copies))
    ceilings.make_table(connection)
    with ground.serving("wsgi:app") as product:
        sent = _Sent(ground.app, product, iter(batches))
        kinds = [
            Kind(HTTP, sent.by_http, product.cpu_seconds),
            Kind(ACTION, sent.to_the_action, stage.own_cpu_seconds),
            *(Kind(name, ceilings.writing(connection, way), stage.own_cpu_seconds) for name, way in WAYS.items()),
        ]
        rounds = take_turns(kinds, ground.cluster, order, ground.tell)
    sent.refuse_losses(connection, clinic.clinic_id)
    return [
        *(held_against("S2", name, VALUES, rounds, goal=GOAL) for name in (HTTP, ACTION)),
        *(held_against("S2", HTTP, name, rounds, told_as=f"HTTP / {name}") for name in (MANY, NUMBERED)),
    ]


class _Sent:
    """Hands out each batch once, and counts them."""

    def __init__(self, app: Any, product: stage.Server, batches: Iterator[Batch]) -> None:
        self._app, self._product, self._batches = app, product, batches
        self._answered = 0

    def by_http(self, seconds: float) -> load.Load:
        requests = (each.request for each in self._batches)
        done = load.send(self._product.port, requests, 200, seconds, connections=1)
        self._answered += done.answered
        return done

    def to_the_action(self, seconds: float) -> load.Load:
        with self._app.app_context():
            done = load.repeat(lambda: next(self._batches).record(), seconds)
        self._answered += done.answered
        return done

    def refuse_losses(self, connection: psycopg.Connection[Any], clinic_id: UUID) -> None:
        """Raise unless every event of every batch stands, and is counted."""
        expected = self._answered * ceilings.EVENTS
        found = ceilings.counted(connection, clinic_id)
        assert found == (expected, expected), f"{found} of {expected} events stand and are counted"
