"""A limit on how long one job may take, so that a call that hangs cannot hold a worker for ever. Limits nest: within a
job each call may have a shorter one of its own.
"""

import math
import signal
import threading
import time
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
    began = time.monotonic()
    left_outside, _ = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, min(limit.total_seconds(), left_outside or math.inf))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left_outside:
            # Never zero, which would end the outer limit in place of the block.
            left = max(left_outside - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left)


def _stop(_: int, __: FrameType | None) -> None:
    raise TookTooLong
