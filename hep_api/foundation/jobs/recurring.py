"""Jobs that come again: one for each kind and period, however many workers there are.

A period is a whole number of intervals since 1970 in UTC, so every worker names it alike.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hep_api.foundation.jobs import queue

LONGEST_INTERVAL = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Recurring:
    """Remembers which periods this worker has seen to, so that an idle second asks the database nothing."""

    def __init__(self, intervals: Mapping[str, timedelta]) -> None:
        # A finished job is what keeps its period from running twice, and finished jobs are pruned.
        assert all(interval <= LONGEST_INTERVAL for interval in intervals.values())
        self._intervals = intervals
        self._seen_to: dict[str, int] = {}

    def due(self, now: datetime) -> Mapping[str, int]:
        """Return the kinds whose present period this worker has not seen to, each with that period's number."""
        present = {kind: (now - EPOCH) // interval for kind, interval in self._intervals.items()}
        return {kind: period for kind, period in present.items() if self._seen_to.get(kind) != period}

    def enqueue(self, session: Session, due: Mapping[str, int], now: datetime) -> None:
        """Add the job of each period unless any worker has."""
        for kind, period in due.items():
            queue.enqueue_once(session, kind, {}, once_key=str(period), now=now)

    def remember(self, due: Mapping[str, int]) -> None:
        self._seen_to.update(due)
