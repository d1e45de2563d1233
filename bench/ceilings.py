"""The least that could be done with 100 events: their rows into a copy of the table with the same indexes.

No sign-in, no rights, no row-level security, no check of anything, no counts, no record. One transaction a batch.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Literal
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from bench import load

EVENTS = 100
KINDS_OF_EXERCISE = 6
Way = Literal["values", "many", "numbered"]


def make_table(connection: psycopg.Connection[Any]) -> None:
    """Make the copy of the table, with all its indexes and checks."""
    connection.execute("CREATE TABLE bare_event (LIKE adherence_event INCLUDING ALL)")
    connection.commit()


def writing(connection: psycopg.Connection[Any], way: Way) -> Callable[[float], load.Load]:
    """Return what inserts batches of 100 for some seconds, each of another patient."""
    columns = _columns(connection)
    insert = f"INSERT INTO bare_event ({', '.join(columns)}) VALUES "  # noqa: S608 - made of the catalogue
    width = len(columns)
    one = f"({', '.join(['%s'] * width)})"
    numbered = ", ".join(
        f"({', '.join(f'${row * width + place}' for place in range(1, width + 1))})" for row in range(EVENTS)
    )
    rows = _rows(columns)

    def insert_once() -> int:
        patient_id = uuid4()
        for row in rows:
            row[1] = patient_id
        if way == "many":
            with connection.cursor() as cursor:
                cursor.executemany(insert + one, rows)
        elif way == "values":
            connection.execute(insert + ", ".join([one] * EVENTS), list(chain.from_iterable(rows)), prepare=True)
        else:
            with psycopg.RawCursor(connection) as raw:
                raw.execute(insert + numbered, list(chain.from_iterable(rows)), prepare=True)
        connection.commit()
        return 0

    return lambda seconds: load.repeat(insert_once, seconds)


def counted(connection: psycopg.Connection[Any], clinic_id: UUID) -> tuple[int, int]:
    """Return how many events of a clinic stand, and how many entries are counted."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM adherence_event WHERE clinic_id = %(clinic)s),"
        " (SELECT coalesce(sum(entries), 0) FROM prescription_day WHERE clinic_id = %(clinic)s)",
        {"clinic": clinic_id},
    ).fetchone()
    connection.commit()
    assert row is not None
    return int(row[0]), int(row[1])


def _columns(connection: psycopg.Connection[Any]) -> list[str]:
    """Return the columns, the patient's second."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'bare_event' ORDER BY ordinal_position"
    )
    names = [name for (name,) in found]
    first = ["clinic_id", "patient_id"]
    return first + [each for each in names if each not in first]


def _rows(columns: list[str]) -> list[list[Any]]:
    clinic_id, plan_id = uuid4(), uuid4()
    prescriptions = [uuid4() for _ in range(KINDS_OF_EXERCISE)]
    events = (_row(place, clinic_id, plan_id, prescriptions) for place in range(EVENTS))
    return [[event.get(column) for column in columns] for event in events]


def _row(place: int, clinic_id: UUID, plan_id: UUID, prescriptions: list[UUID]) -> dict[str, Any]:
    now, event_id = datetime.now(UTC), uuid4()
    schedule = {"kind": "daily", "times_per_day": 2}
    dose = {"sets": 3, "reps": 10, "hold_seconds": None, "duration_seconds": None, "sides": 1, "load": None}
    return {
        "clinic_id": clinic_id,
        "id": event_id,
        "seq": place + 1,
        "entry_id": event_id,
        "revision": 0,
        "plan_id": plan_id,
        "prescription_id": prescriptions[place % len(prescriptions)],
        "version": 1,
        "kind": "done",
        "performed_at": now - timedelta(hours=3 * place),
        "performed_offset_seconds": 3600,
        "zone": "Europe/Berlin",
        "performed_on": (now - timedelta(hours=3 * place)).date(),
        "sets": 3,
        "reps": 10,
        "pain": 2,
        "effort": 4,
        "target": Jsonb({"exercise": "Sit to stand", "dose": dose, "schedule": schedule}),
        "received_at": now,
        "recorded_by": plan_id,
        "source": "patient",
        "late": place > 8,
        "batched": True,
        "digest": os.urandom(32),
    }
