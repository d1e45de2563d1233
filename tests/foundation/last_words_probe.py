"""A process in which something fails that nobody catches: `python -m tests.foundation.last_words_probe HOW WORDS`.

What the errors say is read from the arguments, so that it stands in no line of source.
"""

import logging
import sys
import threading
from collections.abc import Callable

import gevent

from hep_api.foundation.last_words import guard_last_words
from hep_api.foundation.logs import configure_logs


def fail() -> None:
    raise ValueError(sys.argv[2])


class Finalized:
    def __del__(self) -> None:
        fail()


def in_a_greenlet() -> None:
    gevent.spawn(fail).join()


def in_a_pool_of_threads() -> None:
    try:
        gevent.get_hub().threadpool.apply(fail)
    except ValueError:
        logging.getLogger("a.library").exception("failed in a pool")


def in_a_thread() -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_a_finalizer() -> None:
    Finalized()


def in_the_servers_log() -> None:
    server = logging.getLogger("gunicorn.error")
    server.propagate = False
    server.addHandler(logging.StreamHandler())
    guard_last_words()
    try:
        fail()
    except ValueError as error:
        server.exception("Error handling request %s", sys.argv[2])
        server.warning("Invalid request from ip={}: {}".format("::1", error))


def in_a_line_that_cannot_be_written() -> None:
    logging.getLogger("a.library").error("two %s %s", sys.argv[2])


HOW: dict[str, Callable[[], None]] = {
    "a greenlet": in_a_greenlet,
    "a pool of threads": in_a_pool_of_threads,
    "a thread": in_a_thread,
    "a finalizer": in_a_finalizer,
    "the server": in_the_servers_log,
    "a line of the log": in_a_line_that_cannot_be_written,
    "the process": fail,
}

if __name__ == "__main__":
    configure_logs("probe")
    guard_last_words()
    HOW[sys.argv[1]]()
