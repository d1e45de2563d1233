"""What it costs and brings to split the event table into parts by the clinic: the measurement behind decision 17.

`python -m bench.partitions URL`, in a database that `bench.size` has loaded: a second table of the same rows is made,
split by hash, and both are asked the same, in turns.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg

PARTS = 16
SPLIT, WHOLE = "event_split", "adherence_event"
BATCH = """
    WITH newest AS (SELECT max(seq) AS seq FROM {table} WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s)
    INSERT INTO {table} SELECT (jsonb_populate_record(e, jsonb_build_object(
           'id', made, 'entry_id', made, 'seq', newest.seq + row_number() OVER ()))).*
      FROM {table} AS e CROSS JOIN newest CROSS JOIN LATERAL (SELECT gen_random_uuid() AS made WHERE e.seq > 0) AS m
     WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s LIMIT 100
"""
ASKED: dict[str, str] = {
    "events of two weeks": """SELECT * FROM {table} WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s
        AND performed_on BETWEEN current_date - 14 AND current_date""",
    "ids of a batch": """SELECT id, digest FROM {table} WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s
        AND id = ANY (%(ids)s)""",
    "newest number": "SELECT max(seq) FROM {table} WHERE clinic_id = %(clinic)s AND patient_id = %(patient)s",
}
Patients = Sequence[tuple[Any, Any]]


def main(url: str) -> None:
    """Make the second table, ask both, and print one line for each thing asked."""
    with psycopg.connect(url, autocommit=True) as connection:
        _took("made and indexed", partial(_make, connection))
        patients = connection.execute(
            "SELECT clinic_id, patient_id FROM patient_week TABLESAMPLE SYSTEM (0.2) GROUP BY 1, 2 LIMIT 300"
        ).fetchall()
        for table in (WHOLE, SPLIT):
            _took(f"VACUUM (FREEZE, ANALYZE) of {table}", partial(_settle, connection, table))
            print(f"{table}: {_size(connection, table)} with indexes")
        for name, query in {**ASKED, "insert of 100 rows": BATCH}.items():
            _compare(connection, name, query, patients)


def _make(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {SPLIT}")
    connection.execute(f"CREATE TABLE {SPLIT} (LIKE {WHOLE} INCLUDING CONSTRAINTS) PARTITION BY HASH (clinic_id)")
    for part in range(PARTS):
        part_of = f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
        connection.execute(f"CREATE TABLE {SPLIT}_{part} PARTITION OF {SPLIT} {part_of}")
    connection.execute(f"INSERT INTO {SPLIT} SELECT * FROM {WHOLE}")  # noqa: S608 - constants
    connection.execute("SET maintenance_work_mem = '256MB'")
    found = connection.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass", [WHOLE]
    ).fetchall()
    for (definition,) in found:
        made = definition.replace(f" {WHOLE}_", f" {SPLIT}_").replace(f".{WHOLE} ", f".{SPLIT} ")
        connection.execute(made.encode())


def _settle(connection: psycopg.Connection[Any], table: str) -> None:
    connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}".encode())


def _compare(connection: psycopg.Connection[Any], name: str, query: str, patients: Patients) -> None:
    took: dict[str, list[float]] = {WHOLE: [], SPLIT: []}
    for clinic, patient in patients:
        said = {"clinic": clinic, "patient": patient, "ids": [uuid4() for _ in range(100)]}
        for table, times in took.items():
            for is_first in (True, False):  # once for the pages to be there
                with connection.transaction(force_rollback=True):
                    begun = time.perf_counter()
                    connection.execute(query.format(table=table).encode(), said, prepare=True)
                    if not is_first:
                        times.append((time.perf_counter() - begun) * 1000)
    told = ", ".join(f"{table} {statistics.median(each):.2f} ms" for table, each in took.items())
    print(f"{name}: {told}")


def _took(what: str, do: Callable[[], Any]) -> None:
    begun = datetime.now(UTC)
    do()
    print(f"{what}: {(datetime.now(UTC) - begun).total_seconds():.0f} s", flush=True)


def _size(connection: psycopg.Connection[Any], table: str) -> str:
    row = connection.execute(
        "SELECT pg_size_pretty(sum(pg_total_relation_size(relid))) FROM pg_partition_tree(%s)", [table]
    ).fetchone()
    plain = connection.execute("SELECT pg_size_pretty(pg_total_relation_size(%s))", [table]).fetchone()
    assert row is not None
    assert plain is not None
    return str(row[0] if table == SPLIT else plain[0])


if __name__ == "__main__":
    main(sys.argv[1])
