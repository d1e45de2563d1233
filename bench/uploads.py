"""S2: batches of 100 events with everything that an upload counts, beside bare psycopg that only inserts them.

Phones that were offline for two weeks send what six exercises came to, one batch after the other. The ceiling writes
the same rows into a copy of the table with the same indexes, one transaction a batch, on one connection: as anyone
writes it (`execute` with a row of placeholders for each event), and in two ways that spare psycopg that work.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from bench import ceilings, load, stage
from bench.copies import make_clinic, settle
from bench.phones import NUMBER, Batch, batches_of, make_offline_models
from bench.results import Result
from bench.rounds import Kind, Order, held_against, take_turns
from bench.size import crowd
from bench.stage import quiet_app
from torture.stage import plain

HTTP, ACTION = "100 events by HTTP", "100 events to the action"
VALUES, MANY, NUMBERED = "bare INSERT of 100 rows", "bare executemany", "bare INSERT, numbered"
WAYS: Mapping[str, ceilings.Way] = {VALUES: "values", MANY: "many", NUMBERED: "numbered"}
GOAL = 0.50
PATIENTS_A_ROUND = 100


def measure(order: Order, tell: Callable[[str], None]) -> list[Result]:
    """Return the results of S2."""
    with stage.opened() as (opened, settings), ExitStack() as running:
        app, world = quiet_app(settings)
        model = make_offline_models(world)
        connection = running.enter_context(psycopg.connect(plain(settings.database_url)))
        copies = PATIENTS_A_ROUND // len(model.models) * (order.rounds + 1)
        clinic = make_clinic(connection, world, model, copies=copies, number=NUMBER)
        crowd(connection, world, order.clinics_beside, tell)
        settle(connection)
        counted_before = ceilings.counted(connection)
        tell("patients are there; their phones write what they will send")
        batches = list(batches_of(app, model, clinic.clinic_id, copies=copies))
        product = running.enter_context(stage.serving(settings, "wsgi:app", Path(opened.folder)))
        ceilings.make_table(connection)
        sent = _Sent(app, product, iter(batches))
        kinds = [
            Kind(HTTP, sent.by_http, product.cpu_seconds),
            Kind(ACTION, sent.to_the_action, stage.own_cpu_seconds),
            *(Kind(name, ceilings.writing(connection, way), stage.own_cpu_seconds) for name, way in WAYS.items()),
        ]
        rounds = take_turns(kinds, opened.cluster, order, tell)
        sent.refuse_losses(connection, counted_before)
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

    def refuse_losses(self, connection: psycopg.Connection[Any], before: tuple[int, int]) -> None:
        """Raise unless every event of every batch stands, and is counted."""
        expected = self._answered * ceilings.EVENTS
        found = [after - earlier for after, earlier in zip(ceilings.counted(connection), before, strict=True)]
        assert found == [expected] * 2, f"{found} of {expected} events stand and are counted"
