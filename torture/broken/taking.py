"""How builds are broken: a name of a module of the product is given to something else, before others import it."""

import os
import re
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine, event

_altered: list[str] = []
_set: dict[str, str] = {}


def replacing(place: Any, name: str, instead: Callable[..., Any]) -> None:
    """Put `instead` in the place of a function; it is given the function that was there, and then the arguments."""
    whole = getattr(place, name)

    def broken(*arguments: Any, **named: Any) -> Any:
        return instead(whole, *arguments, **named)

    setattr(place, name, broken)


def adding(place: Any, name: str, key: Any, value: Any) -> None:
    """Put one entry more into a table of the product's."""
    setattr(place, name, {**getattr(place, name), key: value})


def rewriting(place: Any, name: str, part: str, instead: str) -> None:
    """Put `instead` in the place of a part of a statement, which has to be there."""
    whole = getattr(place, name)
    if part not in whole:
        raise LookupError(f"{name} has no {part!r} to be broken")
    setattr(place, name, whole.replace(part, instead))


def rewording(pattern: str, instead: str) -> None:
    """Put `instead` in the place of what the expression finds in a statement, whenever one goes to the database."""
    found = re.compile(pattern)

    def reword(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        return found.sub(instead, statement), parameters

    event.listen(Engine, "before_cursor_execute", reword, retval=True)


def the_long_way() -> None:
    """Let no message go past what the build breaks: by one statement that commits itself (docs/decisions/0022)."""
    # Not before: what it is made of may be replaced first.
    from hep_api.messaging import sending_at_once

    sending_at_once.send_message_at_once = lambda *_: None


def altering(*statements: str) -> None:
    """Change the tables, as a migration that somebody forgot would have; each process does, so it must bear that."""
    _altered.extend(statements)


def setting(name: str, text: str) -> None:
    """Give each process a variable of its environment."""
    _set[name] = text


def settle() -> None:
    """In each process: do what cannot be done before it is known what it is given."""
    os.environ.update(_set)
    if not _altered:
        return
    url = os.environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        for statement in _altered:
            connection.execute(statement.encode())
