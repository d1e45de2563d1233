"""Copies the rows of a large table as the bytes in which PostgreSQL takes them, many times faster than by statements.

The rows are read once, with a mark in place of the first four bytes of every id of theirs; for each copy the mark is
changed to the copy's number, and the bytes are handed back.
"""

from collections.abc import Mapping
from typing import Any

import psycopg

MARK, OTHER_MARK = 0xB5C0D7E1, 0xA3F19D6C
HEADER, TRAILER = 19, 2  # of COPY's binary format: bytes before the first row and after the last


def pour(
    connection: psycopg.Connection[Any],
    table: str,
    columns: Mapping[str, str],
    said: Mapping[str, Any],
    copies: range,
) -> None:
    """Write a copy of the model clinic's rows for each number of `copies`.

    `columns` gives for each column the expression of its value in a copy, in which `n` is the copy's number.
    """
    rows = _rows(connection, table, columns, said, MARK)
    mark, other = MARK.to_bytes(4), OTHER_MARK.to_bytes(4)
    # The mark stands nowhere but in the ids: else the rows that were read with another mark would differ.
    assert rows.replace(mark, other) == _rows(connection, table, columns, said, OTHER_MARK)
    between = rows[HEADER:-TRAILER]
    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(into.encode()) as stream:
        stream.write(rows[:HEADER])
        for number in copies:
            stream.write(between.replace(mark, number.to_bytes(4)))
        stream.write(rows[-TRAILER:])


def _rows(
    connection: psycopg.Connection[Any], table: str, columns: Mapping[str, str], said: Mapping[str, Any], mark: int
) -> bytes:
    query = (
        f"COPY (SELECT {', '.join(columns.values())} FROM {table}, (VALUES (%(mark)s::bigint)) AS mark(n)"  # noqa: S608 - made of the catalogue
        # Scans of a table that others read, too, begin where those are: ordered, so that it is read twice alike.
        " WHERE clinic_id = %(model)s ORDER BY ctid) TO STDOUT (FORMAT BINARY)"
    )
    with psycopg.ClientCursor(connection) as cursor, cursor.copy(query.encode(), {**said, "mark": mark}) as stream:
        return b"".join(stream)
