"""Counts SQL statements, for promises such as "a list costs two statements, however long it is"."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


class StatementCounter:
    """Collects the statements that the engine sends while its block runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self._engine, "before_cursor_execute", note)
