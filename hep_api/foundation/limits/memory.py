"""Counts kept in this process, for one without Redis and while Redis is away.

The library's own storage walks over all keys up to a hundred times a second and holds as many as are sent: with 100,000
addresses that is half a processor. This one holds a bounded number and tidies up as it grows.
"""

from threading import Lock
from time import monotonic
from typing import Any

from limits.storage import Storage

from hep_api.foundation import clock

MOST_KEYS = 100_000
FEW_KEYS = 1_000


class Memory(Storage):
    """A count and its end for each key. When there are too many keys, the oldest are forgotten."""

    STORAGE_SCHEME = ["bounded-memory"]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        self._tidy_at = FEW_KEYS

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = monotonic()
        with self._lock:
            count, ends = self._counts.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
                # To the end of the dict, which is ordered by the beginnings.
                self._counts.pop(key, None)
            self._counts[key] = (count + amount, ends)
            if len(self._counts) > self._tidy_at:
                self._tidy(now)
        return count + amount

    def get(self, key: str) -> int:
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > monotonic() else 0

    def get_expiry(self, key: str) -> float:
        _, ends = self._counts.get(key, (0, 0.0))
        return clock.now().timestamp() + max(0.0, ends - monotonic())

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        held = len(self._counts)
        self._counts.clear()
        return held

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _tidy(self, now: float) -> None:
        """Drop what has ended, and then the oldest; next when it has doubled, so that a key costs its share once."""
        kept = [(key, count) for key, count in self._counts.items() if count[1] > now]
        self._counts = dict(kept[-MOST_KEYS // 2 :])
        self._tidy_at = min(MOST_KEYS, max(FEW_KEYS, 2 * len(self._counts)))
