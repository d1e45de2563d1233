"""Kills what serves behind a web server's master, without warning; the master starts it again."""

import contextlib
import os
import signal

import requests

from torture.processes import children_of
from torture.stage import Process

ANSWER_SECONDS = 1


def kill_worker(web: Process) -> int:
    """Kill what serves behind the master, without warning; return how many: none when it does not serve just now."""
    if not serves(web):
        return 0
    workers = children_of(web.pid)
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return len(workers)


def serves(web: Process) -> bool:
    """Tell whether it answers that it is ready."""
    try:
        return requests.get(f"{web.url}/readyz", timeout=ANSWER_SECONDS).ok
    except requests.RequestException:
        return False
