"""Every migration down, up and down again, newest first, on a database with rows of the product in nearly every table.

`python -m torture.recovery.walking URL FRESH` walks on the database of the first URL, which is empty afterwards but for
its tables, compares with that of the second, which is empty before, and prints what it found as JSON. A build's broken
migrations are those of the environment's word.
"""

import importlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.exc import SQLAlchemyError

from hep_api.commands import known_revisions, migrations_config
from torture.broken import BROKEN
from torture.recovery.shapes import Shape, shape_of

BASE = "base"
READ = sql.SQL("SELECT {}, to_jsonb(t) FROM {} AS t")
TABLES = """
    SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
# Where a downgrade changes, or takes, rows of a table that was there before as well, and why it has to.
BY_NATURE: Mapping[tuple[str, str], str] = {
    ("0045", "attention_entry"): "entries of a rule that is known no more go",
    ("0045", "attention_change"): "with their entries",
    ("0042", "attention_entry"): "entries of a rule that is known no more go",
    ("0042", "attention_change"): "with their entries",
    ("0037", "care_team_place"): "whoever stands in for another has no place without covers",
    ("0032", "message"): "what the clinic itself said has no sender, and withdrawn words do not come back",
    ("0031", "patient_week"): "days are kept as lists and not as bits",
    ("0018", "plan"): "goals are a list of the plan's",
    ("0017", "exercise_link"): "alternatives are told once for each direction",
    ("0015", "exercise"): "body regions that were not known become their nearest",
}


@dataclass
class Walk:
    """What was walked, and what should not have been."""

    migrations: int = 0
    with_rows: int = 0
    rows: int = 0
    tables: int = 0
    gone_by_nature: dict[str, list[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


Table = Sequence[Mapping[str, Any]]


def walk(url: str, fresh: str, *, only_until_caught: bool) -> Walk:
    """Walk on the database of `url`; `fresh`, an empty one, is what is compared with: it only ever went up. A broken
    build is walked up to the first complaint.
    """
    found, config = Walk(), migrations_config(url)
    revisions = [*known_revisions(), BASE]
    shapes = _shapes_going_up(fresh, revisions)
    with psycopg.connect(_plain(url), autocommit=True) as look:
        for revision, below in pairwise(revisions):
            try:
                found.complaints += _there_and_back(look, config, revision, below, shapes, found)
            except (SQLAlchemyError, psycopg.Error) as error:
                found.complaints.append(f"{revision}: {type(error).__name__}: {' '.join(str(error).split())[:200]}")
                return found
            if only_until_caught and found.complaints:
                return found
        command.upgrade(config, "head")
        if shape_of(look) != shapes[revisions[0]]:
            found.complaints.append("up again from nothing, the tables are others")
    return found


def _shapes_going_up(fresh: str, revisions: Sequence[str]) -> dict[str, Shape]:
    """Return what there is at each revision, on the way up and without rows."""
    config, shapes = migrations_config(fresh), {}
    with psycopg.connect(_plain(fresh), autocommit=True) as look:
        shapes[BASE] = shape_of(look)
        for revision in reversed(revisions[:-1]):
            command.upgrade(config, revision)
            shapes[revision] = shape_of(look)
    return shapes


def _there_and_back(
    look: psycopg.Connection[Any],
    config: Config,
    revision: str,
    below: str,
    shapes: Mapping[str, Shape],
    found: Walk,
) -> Iterator[str]:
    rows = [_rows(look)]
    command.downgrade(config, below)
    rows.append(_rows(look))
    yield from (f"{revision}: going down leaves {each}" for each in shape_of(look).beyond(shapes[below]))
    command.upgrade(config, revision)
    rows.append(_rows(look))
    yield from (f"{revision}: up again, {each}" for each in shape_of(look).differences(shapes[revision]))
    for table, kept in rows[0].items():
        if kept:
            yield from _compare(revision, table, kept, (rows[1].get(table), rows[2].get(table)), found)
    command.downgrade(config, below)
    found.migrations += 1
    found.with_rows += any(rows[0].values())
    found.rows = max(found.rows, sum(map(len, rows[0].values())))
    found.tables = max(found.tables, sum(map(bool, rows[0].values())))


def _compare(
    revision: str, table: str, before: Table, after: tuple[Table | None, Table | None], found: Walk
) -> Iterator[str]:
    """Yield the table if its rows are not what they were, in the columns that are there below, too.

    `after` are its rows below, and up again; None where it is not there.
    """
    below, again = after
    if below is None or (revision, table) in BY_NATURE:
        why = BY_NATURE.get((revision, table), "")
        found.gone_by_nature.setdefault(revision, []).append(f"{table}: {why}" if why else table)
        return
    columns = below[0].keys() & before[0].keys() if below else ()
    if not _in_columns(before, columns) == _in_columns(below, columns) == _in_columns(again or (), columns):
        yield f"{revision}: going down and up changes rows of {table}, or takes some of {len(before)}"


def _in_columns(rows: Table, columns: Iterable[str]) -> Counter[str]:
    """Return the rows as text, whatever their order."""
    return Counter(json.dumps({name: row[name] for name in columns}, sort_keys=True) for row in rows)


def _rows(look: psycopg.Connection[Any]) -> Mapping[str, Table]:
    """Return every row of every table."""
    found: dict[str, list[Any]] = {table: [] for (table,) in look.execute(TABLES)}
    reading = sql.SQL(" UNION ALL ").join(READ.format(sql.Literal(table), sql.Identifier(table)) for table in found)
    if found:
        for table, row in look.execute(reading):
            found[table].append(row)
    return found


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


if __name__ == "__main__":
    if build := os.environ.get(BROKEN):
        importlib.import_module(f"torture.broken.{build}").do()
    print(json.dumps(asdict(walk(*sys.argv[1:], only_until_caught=bool(build)))))
