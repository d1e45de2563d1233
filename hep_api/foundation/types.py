"""Column types and shapes that the models of every capability share."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String, TypeDecorator
from sqlalchemy.orm import MappedColumn, mapped_column

INSTANT = DateTime(timezone=True)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text; a CHECK constraint beside it names the allowed words where they are fixed."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(40)
        self.words = words

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else self.words(value)


def primary_id(make: Callable[[], UUID]) -> MappedColumn[UUID]:
    """Primary key of a table that belongs to no clinic."""
    return mapped_column(primary_key=True, default=make)


def one_of_words(column: str, words: type[StrEnum]) -> str:
    """Return the SQL of a CHECK that a column holds one of an enum's words."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return f"{column} IN ({allowed})"
