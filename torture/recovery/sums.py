"""What a database and a file store hold, in few words: to be the same before and after."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""
# Each row by all of its columns; sums do not mind the order, and tell a row that is there twice.
SUM = sql.SQL("SELECT {}, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} AS t")
# Each row is made to text once, whatever the number of words.
FIND = sql.SQL(
    "SELECT DISTINCT {}, word"
    " FROM (SELECT t::text AS said FROM {} AS t OFFSET 0) AS row, unnest(%(words)s::text[]) AS word"
    " WHERE strpos(said, word) > 0"
)

Sums = dict[str, tuple[int, str]]


def sums_of(url: str) -> Sums:
    """Return for each table how many rows it has, and a sum of what stands in them."""
    with psycopg.connect(url) as connection:
        found = (connection.execute(_for(SUM, table)).fetchone() for table in _tables(connection))
        return {row[0]: (row[1], row[2]) for row in found if row is not None}


def differing(before: Sums, after: Sums) -> Sequence[str]:
    """Return what differs, table by table."""
    return [
        f"{table} has {_said(after.get(table))} in place of {_said(before.get(table))}"
        for table in sorted(before.keys() | after.keys())
        if before.get(table) != after.get(table)
    ]


def tables_with(url: str, words: Sequence[str]) -> dict[str, set[str]]:
    """Return for each word the tables that hold it in any column of any row."""
    found: dict[str, set[str]] = {word: set() for word in words}
    with psycopg.connect(url) as connection:
        for table in _tables(connection):
            for name, word in connection.execute(_for(FIND, table), {"words": list(words)}):
                found[word].add(name)
    return found


def digests_of(folder: Path) -> dict[str, str]:
    """Return the digest of each file under a folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _tables(connection: psycopg.Connection[Any]) -> Sequence[str]:
    return [table for (table,) in connection.execute(TABLES).fetchall()]


def _for(statement: sql.SQL, table: str) -> sql.Composed:
    return statement.format(sql.Literal(table), sql.Identifier(table))


def _said(found: tuple[int, str] | None) -> str:
    return "nothing" if found is None else f"{found[0]} rows, sum {found[1][-9:]}"
