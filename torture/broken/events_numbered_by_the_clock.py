"""A patient's events are numbered by when their request came in, as cursors on `received_at` do: the clock is read
before the lock is held, so that who waited comes below who did not.
"""

import random
import time
from dataclasses import replace
from typing import Any

from flask import Flask, g, request

from hep_api.adherence.actions import storing
from hep_api.foundation import clock
from torture.broken.taking import replacing, rewriting

MICROSECONDS = "cast(extract(epoch FROM cast(%(received_at)s AS timestamptz)) * 1000000 AS bigint) + r.place"
# Some requests are longer under way to the lock than others.
LONGEST_SECONDS = 0.1


def do() -> None:
    replacing(Flask, "full_dispatch_request", _look_at_the_clock)
    replacing(storing, "add_events", _as_of_then)
    rewriting(storing, "_ADD", "newest.seq + r.place", MICROSECONDS)


def _look_at_the_clock(whole: Any, app: Flask, *arguments: Any) -> Any:
    g.came_in_at = clock.now()
    if request.method == "POST":
        time.sleep(random.uniform(0, LONGEST_SECONDS))
    return whole(app, *arguments)


def _as_of_then(whole: Any, session: Any, receipt: Any, *arguments: Any) -> Any:
    return whole(session, replace(receipt, received_at=g.came_in_at), *arguments)
