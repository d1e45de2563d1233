"""Looks at the rows while all goes on: nothing is in a worker's hands for longer than a lease; and nobody waits where
nothing is proven by how long.

The product leaves a receiver in trouble alone for up to minutes, and a push that failed for twice as long each time
(tests/notifications/test_waiting.py); with three wrong answers in ten a run would be about waiting for that. Here the
one is tried again after a second, the other after no less than Retry-After may have named.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from tests.world import World
from torture.pushes.faults import ASKED_SECONDS

LOOK_SECONDS = 0.25
# Clocks are read one after the other.
A_MOMENT = timedelta(seconds=1)
HELD = text("SELECT count(*) FROM push WHERE state = 'waiting' AND leased_until > now() + :lease")
RECEIVERS = text("UPDATE push_pause SET paused_until = now() + :a_moment WHERE paused_until > now() + 1.5 * :a_moment")
PUSHES = text("UPDATE push SET due_at = now() + :longest WHERE state = 'waiting' AND due_at > now() + 1.5 * :longest")
# The turn that was called for later; one that comes too early finds nothing to do.
TURN = text("""
    UPDATE job SET run_at = now() + :a_moment
     WHERE kind = 'notifications.deliver_pushes' AND outcome IS NULL AND run_at > now() + 1.5 * :a_moment
""")
LENGTHS = {"a_moment": A_MOMENT, "longest": timedelta(seconds=ASKED_SECONDS + 1)}


def attend(world: World, lease: timedelta, is_over: Callable[[], bool], counts: Counter[str]) -> None:
    """Look until it is over: count what is held too long, and the pauses that were cut."""
    while not is_over():
        with world.transaction() as session:
            held: int = session.scalar(HELD, {"lease": lease + A_MOMENT}) or 0
            cut = [session.connection().execute(each, LENGTHS).rowcount for each in (RECEIVERS, PUSHES)]
            if any(cut):
                session.execute(TURN, LENGTHS)
        counts["held_too_long"] = max(counts["held_too_long"], held)
        counts["pauses_cut"] += sum(cut)
        time.sleep(LOOK_SECONDS)
