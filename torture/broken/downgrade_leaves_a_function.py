"""The downgrade of a migration leaves what it had made, so that it cannot go up again."""

from typing import Any

from alembic import op

from torture.broken.taking import replacing


def do() -> None:
    replacing(op, "execute", _execute)


def _execute(whole: Any, statement: Any, *arguments: Any, **named: Any) -> None:
    if "DROP AGGREGATE" not in str(statement):
        whole(statement, *arguments, **named)
