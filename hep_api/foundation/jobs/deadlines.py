"""A limit on how long one job may take, so that a call that hangs cannot hold a worker for ever."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType


class TookTooLong(Exception):
    """The job was stopped at its time limit."""


@contextmanager
def at_most(limit: timedelta) -> Iterator[None]:
    """Raise TookTooLong in the block after `limit`. Only the main thread can be interrupted; elsewhere no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(_: int, __: FrameType | None) -> None:
    raise TookTooLong
