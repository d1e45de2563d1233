"""What an export is made of: sections, one for each kind of thing that a capability holds of somebody.

Each capability says in its `exporting.py` which; who puts them into a file, and of whom, is decided elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select
from sqlalchemy.orm import DeclarativeBase, Session

ROWS_AT_A_TIME = 500
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a name, a sentence about it, and its rows, which are read while they are written."""

    name: str
    about: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def section(session: Session, name: str, about: str, query: Query) -> Section:
    """Return the section of a query's rows, under the names of its columns."""
    return Section(name, about, tuple(query.selected_columns.keys()), _rows(session, query))


def columns_of(model: type[DeclarativeBase], *, without: Collection[str] = ()) -> list[Column[Any]]:
    """Return a table's columns, so that one that is added later is not forgotten; `clinic_id` says nothing."""
    return [column for column in model.__table__.columns if column.name not in {"clinic_id", *without}]  # type: ignore[misc]


def _rows(session: Session, query: Query) -> Iterator[Sequence[Any]]:
    yield from session.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME})
