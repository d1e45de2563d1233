"""Copies whole patients inside the database, rows and counts, until a clinic has as many as wished.

Every id of a copy is that of its model with its first eight digits changed to the copy's number, so that whatever
refers to what still does, and the rows of one copy lie together as those of one day do.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from bench.histories import ModelClinic
from bench.streams import pour
from tests.world import Person, World

# In the order in which they refer to each other.
TABLES = (
    *("account", "member", "sign_in", "patient", "care_team_place"),
    *("plan", "plan_state", "plan_change", "plan_revision", "prescription", "revision_item", "prescription_version"),
    *("counted_plan", "adherence_event", "prescription_day", "patient_week"),
)
LARGE = ("adherence_event", "prescription_day", "patient_week")
OF_PATIENTS = {
    "account": "id IN (SELECT account_id FROM member WHERE clinic_id = %(model)s AND role = 'patient')",
    "member": "clinic_id = %(model)s AND role = 'patient'",
    "sign_in": "clinic_id = %(model)s AND member_id IN (SELECT id FROM patient WHERE clinic_id = %(model)s)",
}
NOT_OF_THE_CLINIC = frozenset({"exercise_id", "template_id", "copied_from_plan_id"})
MADE_UNIQUE = {"email": "n || '.' || email", "name": "name || ' ' || n", "name_folded": "name_folded || ' ' || n"}
FIRST_COPY = 0x01000000
COPIES_AT_ONCE = 50
UNCHECKED = "SET session_replication_role = replica; SET synchronous_commit = off"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clinic to make: so many copies of each patient of a model, and the number that tells it from the others."""

    name: str
    model: ModelClinic
    copies: int
    number: int


def make_clinic(
    connection: psycopg.Connection[Any], world: World, model: ModelClinic, *, copies: int, number: int
) -> Person:
    """Make a clinic of so many copies of each of the model's patients; return the practitioner who leads them all.

    `number` tells it from the other clinics, from 1.
    """
    lead = world.practitioner(world.clinic())
    fill_clinic(connection, lead, model, copies=copies, number=number)
    return lead


def make_clinics(
    connection: psycopg.Connection[Any], world: World, wanted: Sequence[Wanted], tell: Callable[[str], None]
) -> list[Person]:
    """Make so many clinics, two at a time; return who leads each."""
    leads = [world.practitioner(world.clinic()) for _ in wanted]
    url = connection.info.dsn

    def fill(lead: Person, one: Wanted) -> None:
        with psycopg.connect(url) as own:
            own.execute(UNCHECKED)
            fill_clinic(own, lead, one.model, copies=one.copies, number=one.number)
        tell(f"{one.copies * len(one.model.models)} patients: {one.name}")

    with loading(connection), ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, leads, wanted))
    settle(connection)
    return leads


def fill_clinic(
    connection: psycopg.Connection[Any], lead: Person, model: ModelClinic, *, copies: int, number: int
) -> None:
    """Copy each of the model's patients so often into the empty clinic of `lead`; other connections may do likewise."""
    first = FIRST_COPY + number * 0x100000
    said = {
        "model": model.lead.clinic_id,
        "model_lead": model.lead.member_id,
        "clinic": lead.clinic_id,
        "lead": lead.member_id,
    }
    statements = [_statement(connection, table) for table in TABLES if table not in LARGE]
    for begun in range(0, copies, COPIES_AT_ONCE):
        until = min(begun + COPIES_AT_ONCE, copies)
        for statement in statements:
            connection.execute(statement, {**said, "first": first + begun, "last": first + until - 1})
        connection.commit()
    for table in LARGE:
        pour(connection, table, _copied_columns(connection, table), said, range(first, first + copies))
        connection.commit()


@contextmanager
def loading(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Leave the large tables without their further indexes within the block, and the rows' references unchecked."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY (%s) AND NOT indisprimary",
        [list(LARGE)],
    ).fetchall()
    connection.execute(UNCHECKED)
    connection.execute("SET maintenance_work_mem = '256MB'")
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}".encode())
    connection.commit()  # which lets others write, who may do so meanwhile
    yield
    for _, definition in found:
        connection.execute(definition.encode())
    connection.execute("RESET session_replication_role")
    connection.commit()


def settle(connection: psycopg.Connection[Any]) -> None:
    """Let the planner know what was loaded, and the pages be seen without looking at each row's fate."""
    connection.autocommit = True
    for table in TABLES:
        connection.execute(f"VACUUM (ANALYZE) {table}".encode())
    connection.execute("CHECKPOINT")
    connection.autocommit = False


def copied(identifier: UUID, number: int, copy: int) -> UUID:
    """Return the id that a row of the model has in a copy of a clinic, counted from 0."""
    return UUID(f"{FIRST_COPY + number * 0x100000 + copy:08x}{str(identifier)[8:]}")


def _statement(connection: psycopg.Connection[Any], table: str) -> bytes:
    columns = _copied_columns(connection, table)
    names, values = ", ".join(columns), ", ".join(columns.values())
    whose = OF_PATIENTS.get(table, "clinic_id = %(model)s")
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series(%(first)s, %(last)s) AS n"  # noqa: S608 - made of the catalogue
        f" WHERE {whose} ORDER BY n"
    ).encode()


def _copied_columns(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    """Return for each column the expression of its value in copy number `n`."""
    query = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
    )
    return {name: _value(name, kind) for name, kind in connection.execute(query, [table])}


def _value(name: str, kind: str) -> str:
    if name in MADE_UNIQUE:
        return MADE_UNIQUE[name]
    if kind != "uuid" or name in NOT_OF_THE_CLINIC:
        return name
    changed = f"overlay({name}::text placing lpad(to_hex(n), 8, '0') from 1 for 8)::uuid"
    # A clinic's location has the clinic's id (tests.world).
    return f"CASE {name} WHEN %(model)s THEN %(clinic)s WHEN %(model_lead)s THEN %(lead)s ELSE {changed} END"
