"""How a greenlet waits for PostgreSQL: by a watcher of gevent's loop. psycopg's way is gevent's imitation of `poll`,
which makes a poll, an event, a timer and a watcher for each answer: 14 of the 48 microseconds of a `SELECT 1`.

Who waits here holds the connection, and nobody else closes it: the loop would not say that a socket of its own process
was closed. A pool that is made anew drops those that are lent when they come back; what the server closes wakes it.
"""

from typing import Any

import psycopg.waiting
from gevent import get_hub, monkey
from psycopg.abc import RV, PQGen

POLLING = "wait_poll"
_poll = psycopg.waiting.wait_poll


def wait_in_loop(gen: PQGen[RV], fileno: int, interval: float = 0.0, timeout: float | None = None) -> RV:
    """Go on with a generator of psycopg's whenever its socket is ready, as `psycopg.waiting.wait` does.

    The numbers for reading and writing are the same with both. When it waits for either, the loop does not say which
    has come; the generators may try both, as the socket never blocks.
    """
    if timeout is not None:
        return _poll(gen, fileno, interval, timeout)
    try:
        wanted: Any = next(gen)
        hub = get_hub()
        while True:
            watcher = hub.loop.io(fileno, wanted)
            try:
                hub.wait(watcher)
            finally:
                watcher.close()
            wanted = gen.send(wanted)
    except StopIteration as done:
        result: RV = done.value
        return result


def is_patched_first() -> bool:
    """Return whether gevent patched the standard library, and before psycopg chose how to wait."""
    name = getattr(psycopg.waiting.wait, "__name__", "")
    return monkey.is_module_patched("socket") and name in (POLLING, wait_in_loop.__name__)


def wait_by_the_loop() -> None:
    """Let greenlets wait so from now on; in a process without gevent nothing changes."""
    if is_patched_first():
        psycopg.waiting.wait = wait_in_loop
