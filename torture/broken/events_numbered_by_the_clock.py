"""A patient's events are numbered by when they were received, as cursors on `received_at` do: the clock is read before
the lock is held, so that who waited comes below who did not.
"""

from hep_api.adherence.actions import storing
from torture.broken.taking import rewriting

MICROSECONDS = "cast(extract(epoch FROM cast(%(received_at)s AS timestamptz)) * 1000000 AS bigint) + r.place"


def do() -> None:
    rewriting(storing, "_ADD", "newest.seq + r.place", MICROSECONDS)
