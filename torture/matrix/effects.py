"""Whether anything has changed: a checksum of every row of a scene's clinics and people, table by table. And how it is
put back when it was meant to change, so that one scene serves every trial.

Only tables that were written since they were last looked at are read in full: see `Ledger._written`.
"""

from collections.abc import Collection, Iterable, Mapping
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from hep_api.tables import metadata
from tests.contract.scene import Scene
from tests.everything import engine_above_the_wall

# What may grow when somebody is refused, and why.
GROWS = {
    "audit_entry": "a denial is noted",
    "guesses": "wrong ones are counted",
}
# What is never put back.
STAYS = {"audit_entry"}
# What a read may fill in, once, made of what stands there already.
FILLED_BY_READS = {"progress_report": "{pdf,pdf_digest}"}
SIGN_INS = "SELECT id FROM sign_in WHERE clinic_id = ANY({clinics})"
# Which rows are the scene's, in tables that do not say it by one of the columns below.
WHOSE = {
    "account": "id = ANY({accounts})",
    "clinic": "id = ANY({clinics})",
    "drawing": "FALSE",  # nobody's
    "push_pause": "FALSE",  # of a push service, for all clinics
    "guesses": "subject_id = ANY({accounts}) OR subject_id IN (" + SIGN_INS + ")",
}
BY_COLUMN = {
    "clinic_id": "clinic_id = ANY({clinics})",
    "account_id": "account_id = ANY({accounts})",
    "sign_in_id": "sign_in_id IN (" + SIGN_INS + ")",
}


class Ledger:
    """Reads and keeps the rows over a connection of its own, above row-level security."""

    def __init__(self, scene: Scene) -> None:
        people = scene.people.values()
        ids = {
            "clinics": _array({person.clinic_id for person in people}),
            "accounts": _array({person.account_id for person in people}),
        }
        self._whose = {table.name: _whose(table).format(**ids) for table in metadata.sorted_tables}
        engine = engine_above_the_wall(scene.world.app).execution_options(isolation_level="AUTOCOMMIT")
        self._connection = engine.connect()
        self._marks = _union(
            f"SELECT '{name}', count(*) || ' ' || coalesce(sum(xmin::text::int8), 0) FROM {name} WHERE {whose}"
            for name, whose in self._whose.items()
            if name not in STAYS & GROWS.keys()  # nobody asks after it, and it grows with every refusal
        )
        self._read_at = self._kept_at = self._read(self._marks)
        self._checksums = self._checksums_of(self._whose)

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        # It goes back into a pool, and the next ledger may get it.
        self._connection.exec_driver_sql("DISCARD TEMP")
        self._connection.close()

    def changed(self) -> Collection[str]:
        """Return the tables in which something has changed since this was last asked."""
        before, self._read_at, written = self._checksums, *self._written(self._read_at)
        self._checksums = {**before, **self._checksums_of(written)}
        return [table for table in written if before.get(table) != self._checksums.get(table)]

    def keep(self) -> None:
        """Remember every row, to be put back."""
        self._run(
            f"CREATE TEMP TABLE kept_{name} AS SELECT {columns} FROM {name} WHERE {self._whose[name]}"
            for name, columns in ((table.name, _columns(table)) for table in metadata.sorted_tables)
            if name not in STAYS
        )
        self._kept_at = self._read(self._marks)

    def put_back(self) -> None:
        """Let every row be as it was when it was kept."""
        _, written = self._written(self._kept_at)
        tables = [table for table in metadata.sorted_tables if table.name in written and table.name not in STAYS]
        removed = [f"DELETE FROM {table.name} WHERE {self._whose[table.name]}" for table in reversed(tables)]
        restored = [
            f"INSERT INTO {table.name} ({_columns(table)}) SELECT {_columns(table)} FROM kept_{table.name}"
            for table in tables
        ]
        self._run(["SET LOCAL session_replication_role = replica", *removed, *restored])
        self.changed()
        self._kept_at = self._read_at

    def _written(self, since: Mapping[str, str]) -> tuple[Mapping[str, str], Collection[str]]:
        """Return the tables' marks of now, and which tables were written since they had those marks.

        A mark is the number of the rows and the sum of the transactions that wrote them. A row that is written anew
        names a later transaction than the one before it: the same number of rows with the same sum are the same rows.
        """
        now = self._read(self._marks)
        return now, [table for table, mark in now.items() if mark != since[table]]

    def _checksums_of(self, tables: Collection[str]) -> Mapping[str, str]:
        selects = [
            f"SELECT '{name}', md5(string_agg(r.row, ';' ORDER BY r.row)) FROM "
            f"(SELECT {_row(name)} AS row FROM {name} t WHERE {self._whose[name]}) AS r"
            for name in tables
            if name not in GROWS
        ]
        return self._read(_union(selects)) if selects else {}

    def _read(self, statement: str) -> Mapping[str, str]:
        return {row[0]: row[1] for row in self._connection.exec_driver_sql(statement)}

    def _run(self, statements: Any) -> None:
        """Run them as one, in a transaction."""
        self._connection.exec_driver_sql("; ".join(["BEGIN", *statements, "COMMIT"]))


def _union(selects: Iterable[str]) -> str:
    return " UNION ALL ".join(selects)


def _row(name: str) -> str:
    """Return the SQL of a row as text, without what a read may fill in."""
    filled = FILLED_BY_READS.get(name)
    return f"(to_jsonb(t) - '{filled}'::text[])::text" if filled else "t::text"


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.columns if column.computed is None)


def _whose(table: Table) -> str:
    if table.name in WHOSE:
        return WHOSE[table.name]
    for column, condition in BY_COLUMN.items():
        if column in table.columns:
            return condition
    raise LookupError(f"Say in WHOSE which rows of {table.name} are the scene's.")


def _array(ids: Collection[UUID]) -> str:
    return "'{" + ",".join(sorted(map(str, ids))) + "}'::uuid[]"


def ids_of(scene: Scene) -> Collection[UUID]:
    """Return the ids of what belongs to the patient's record: they too are nobody else's to learn."""
    return (scene.plan.id, scene.prescription_id, scene.conversation_id, scene.pause_id, scene.event_id, scene.draft_id)
