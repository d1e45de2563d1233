"""Writes numbers, one commit each, in one of the ways in which a commit can be said; tells each that it knows of.

For each line of its input, a way and a first number, a child of its own does so; how it ended is told at last.
"""

import os
import sys
from collections.abc import Callable

import psycopg

INSERT = "INSERT INTO said VALUES (%s, %s, 'word')"
AMOUNT = 5


def write(connection: psycopg.Connection, way: str, number: int) -> None:
    values = [way, number]
    ways: dict[str, Callable[[], object]] = {
        "session": lambda: connection.execute(INSERT, values, prepare=True),
        "autocommit": lambda: connection.execute(INSERT, values),
        "one query": lambda: connection.pgconn.exec_(
            f"BEGIN; INSERT INTO said VALUES ('{way}', {number}, 'word'); COMMIT".encode()  # noqa: S608
        ),
    }
    if way == "pipeline":
        with connection.pipeline():
            connection.execute("SELECT 1")
            connection.execute(INSERT, values)
            connection.commit()
        return
    ways[way]()
    if not connection.autocommit:
        connection.commit()


def write_all(url: str, way: str, begin: int) -> None:
    with psycopg.connect(url, autocommit=way in ("autocommit", "one query")) as connection:
        for number in range(begin, begin + AMOUNT):
            write(connection, way, number)
            print(number, flush=True)


def main(url: str) -> None:
    for line in sys.stdin:
        way, begin = line.rsplit(maxsplit=1)
        child = os.fork()
        if child == 0:
            write_all(url, way, int(begin))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("ended", child, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
