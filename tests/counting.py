"""Counts SQL statements, for promises such as "a list costs two statements, however long it is"."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


class StatementCounter:
    """Collects the statements that the engines send while its block runs."""

    def __init__(self, *engines: Engine) -> None:
        self._engines = engines

    @contextmanager
    def __call__(self) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in self._engines:
                event.remove(engine, "before_cursor_execute", note)
