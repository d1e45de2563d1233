"""Statements that are written once for all viewers of a role, with its rule of `access` in them: every phone asks the
same, and putting one together takes longer than the database takes to answer it.
"""

from typing import Any

from sqlalchemy import Dialect, Select, Uuid, bindparam
from sqlalchemy.dialects.postgresql import psycopg

from hep_api.accounts.viewer import Role, Viewer
from hep_api.foundation.tenancy import NOBODYS

DIALECT: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]


def anyone_of(role: Role, *, managers_may_read_records: bool) -> Viewer:
    """Return a viewer for whom `clinic_id` and `member_id` are filled in when the statement is run."""
    return Viewer(NOBODYS, NOBODYS, later("clinic_id"), later("member_id"), role, managers_may_read_records)


def later(name: str) -> Any:
    """Return a place for an id that is filled in when the statement is run."""
    return bindparam(name, type_=Uuid())


def written(query: Select[*tuple[Any, ...]]) -> tuple[str, dict[str, Any]]:
    """Return the query as `run` takes it, and its values that never change."""
    compiled = query.compile(dialect=DIALECT)
    return str(compiled), dict(compiled.params)
