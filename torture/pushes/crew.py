"""`python -m torture.pushes.crew COUNT`: so many job workers, each forked from a process that has the app at hand.

A worker that is killed is back at once, as a supervisor would have it; else fifty kills would be minutes of imports.
The workers are the product's own `flask worker`.
"""

import importlib
import os
import signal
import sys
import time
from types import FrameType

from flask import Flask

from development.keeper import die_with_parent

# Who ends at once, again and again, must not take the machine's time.
SHORTEST_LIFE_SECONDS = 0.2


def main(count: int) -> None:
    """Keep so many workers at work until told to stop."""
    app: Flask = importlib.import_module("torture.entry").app
    # A worker imports it with its first push.
    importlib.import_module("hep_api.notifications.delivery.fcm")
    signal.signal(signal.SIGTERM, _end)
    workers: dict[int, float] = {}
    while True:
        while len(workers) < count:
            workers[_fork(app)] = time.monotonic()
        ended, _ = os.wait()
        time.sleep(max(0.0, workers.pop(ended, 0) + SHORTEST_LIFE_SECONDS - time.monotonic()))


def _fork(app: Flask) -> int:
    worker = os.fork()
    if worker:
        return worker
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What the one before had open is its own.
    app.extensions["hep_database"].engine.dispose(close=False)
    with app.app_context():
        app.cli.main(["worker"], prog_name="flask", standalone_mode=False)
    os._exit(0)


def _end(_: int, __: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
