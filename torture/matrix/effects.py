"""Whether anything has changed: a checksum of every row of the scene's clinics and people, table by table."""

from collections.abc import Collection
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import Table, text

from hep_api.tables import metadata
from tests.contract.scene import Scene
from tests.everything import engine_above_the_wall

# What may grow when somebody is refused, and why; no row of it may change.
GROWS = {
    "audit_entry": "a denial is noted",
    "guesses": "wrong ones are counted",
}
# Tables without a clinic: which of their rows are the scene's.
WHOSE = {
    "account": "id = ANY(:accounts)",
    "clinic": "id = ANY(:clinics)",
    "job": "true",
}
BY_COLUMN = {
    "clinic_id": "clinic_id = ANY(:clinics)",
    "account_id": "account_id = ANY(:accounts)",
    "sign_in_id": "sign_in_id IN (SELECT id FROM sign_in WHERE clinic_id = ANY(:clinics))",
}


class Ledger:
    """Reads the checksums over a connection of its own, above row-level security."""

    def __init__(self, scene: Scene) -> None:
        people = scene.people.values()
        self._names = {
            "clinics": list({person.clinic_id for person in people}),
            "accounts": list({person.account_id for person in people}),
        }
        self._connection = engine_above_the_wall(scene.world.app).connect()
        self._connection.execution_options(isolation_level="AUTOCOMMIT")
        self._checksums = text(" UNION ALL ".join(_checksum(table) for table in metadata.sorted_tables))
        self._before = self._read()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._connection.close()

    def changed(self) -> Collection[str]:
        """Return the tables in which something has changed since this was last asked."""
        before, self._before = self._before, self._read()
        return [table for table in before if before[table] != self._before[table]]

    def _read(self) -> dict[str, Any]:
        rows = self._connection.execute(self._checksums, self._names)
        return {row[0]: row[1] for row in rows}


def _checksum(table: Table) -> str:
    if table.name in GROWS:
        return f"SELECT '{table.name}', NULL"
    whole = "md5(string_agg(t::text, ';' ORDER BY t::text))"
    return f"SELECT '{table.name}', {whole} FROM {table.name} t WHERE {_whose(table)}"


def _whose(table: Table) -> str:
    if table.name in WHOSE:
        return WHOSE[table.name]
    for column, condition in BY_COLUMN.items():
        if column in table.columns:
            return condition
    raise LookupError(f"Say in WHOSE which rows of {table.name} are the scene's, or in GROWS why that does not matter.")


def ids_of(scene: Scene) -> Collection[UUID]:
    """Return the ids of what belongs to the patient's record: they too are nobody else's to learn."""
    return (scene.plan.id, scene.prescription_id, scene.conversation_id, scene.pause_id, scene.event_id, scene.draft_id)
