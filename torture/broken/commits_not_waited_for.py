"""Commits are not waited for until they are on the disk, as is quicker: what was said last is lost with the server."""

from typing import Any

from sqlalchemy import Engine, event


def do() -> None:
    def hurry(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        connection.commit()

    event.listen(Engine, "connect", hurry)
