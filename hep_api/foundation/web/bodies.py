"""Bodies of answers that a process made a moment ago, each under the tag that says all it depends on (`states`).

For whoever asks again before anything changed, without holding the tag: another device, another member of the care
team, an app that was started anew. Nothing is looked up by a tag that was not proven and recorded to be theirs first.
A body is somebody's health data, so it is given out for five minutes at most, and goes when the next one is kept.
"""

from threading import Lock
from time import monotonic

MOST_BYTES = 16 * 1024 * 1024
SECONDS = 300.0


class Bodies:
    """As many as fit; the oldest go first."""

    def __init__(self, most_bytes: int = MOST_BYTES, seconds: float = SECONDS) -> None:
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._kept: dict[str, tuple[float, bytes]] = {}
        self._bytes = 0
        self._changing = Lock()

    def find(self, tag: str) -> bytes | None:
        """Return the body of a tag, None when there is none or its time is over."""
        ends, body = self._kept.get(tag, (0.0, b""))
        return body if ends > monotonic() else None

    def keep(self, tag: str, body: bytes) -> None:
        """Keep a body, and drop those whose time is over or for which there is no room."""
        now = monotonic()
        with self._changing:
            self._drop(tag)
            self._kept[tag] = (now + self._seconds, body)
            self._bytes += len(body)
            while self._kept:
                oldest = next(iter(self._kept))
                if self._bytes <= self._most_bytes and self._kept[oldest][0] > now:
                    break
                self._drop(oldest)

    def _drop(self, tag: str) -> None:
        _, body = self._kept.pop(tag, (0.0, b""))
        self._bytes -= len(body)
