"""Other clinics beside those that are measured, and the hottest reads among them as PostgreSQL carries them out.

Fifty clinics of 2,000 patients and a year are some ten million events; by default there are two.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg

from bench import stage
from bench.copies import LARGE, Wanted, copied, make_clinics
from bench.ground import Ground
from bench.histories import ModelClinic, make_models
from bench.plans import MEASURED, READS, Patient, as_text, explain
from bench.results import Result
from bench.rounds import Order
from tests.world import Person, Phone, World

PATIENTS, MODELS, YEAR = 2000, 40, 364
FIRST_NUMBER = 100
COPIES = PATIENTS // MODELS


def crowd(ground: Ground, clinics: int) -> tuple[ModelClinic, list[Person]]:
    """Make so many clinics of 2,000 patients with a year behind them; return their models and who leads each."""
    model = make_models(ground.app, ground.world, patients=MODELS, days=YEAR)
    numbers = range(FIRST_NUMBER, FIRST_NUMBER + clinics)
    wanted = [Wanted("a clinic beside", model, COPIES, number) for number in numbers]
    return model, make_clinics(ground.connection, ground.world, wanted, ground.tell)


def measure(ground: Ground, order: Order) -> list[Result]:
    """Tell how large the tables are, and how the hottest reads are carried out; there is nothing to hold against it."""
    model, leads = crowd(ground, order.clinics_beside or 1)
    for line in _sizes(ground.connection):
        ground.tell(line)
    app, world = stage.quiet_app(replace(ground.settings, statement_timeout_ms=60_000))
    engine = app.extensions["hep_database"].engine
    patient = _patient(world, model, leads[-1], FIRST_NUMBER + len(leads) - 1)
    for read in READS:
        explain(engine, read, patient, MEASURED)  # once for the pages to be there
        ground.tell(f"{read.name}\n{as_text(explain(engine, read, patient, MEASURED))}")
    return []


def _sizes(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for table in LARGE:
        row = connection.execute(
            f"SELECT count(*), pg_size_pretty(pg_relation_size('{table}')), pg_size_pretty(pg_indexes_size('{table}'))"  # noqa: S608 - a constant
            f" FROM {table}".encode()
        ).fetchone()
        assert row is not None
        yield f"{table}: {row[0]} rows, {row[1]}, indexes {row[2]}"


def _patient(world: World, model: ModelClinic, lead: Person, number: int) -> Patient:
    """Return one of the patients of a copied clinic, signed in now."""
    one = model.models[0]

    def own(identifier: UUID) -> UUID:
        return copied(identifier, number, COPIES // 2)

    person = replace(
        one.person,
        http=Phone(world.app.test_client(), None),
        clinic_id=lead.clinic_id,
        member_id=own(one.person.member_id),
        account_id=own(one.person.account_id),
    )
    return Patient(world.sign_in(person), own(one.prescriptions[0]), world.sign_in(lead))
