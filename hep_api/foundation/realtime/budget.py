"""How many frames a connection may send. Who sends faster is read more slowly, never cut off: a phone that comes back
from a week offline sends hundreds at once and is honest; a flood costs no more than the rate.
"""


class Budget:
    """A bucket of frames, refilled steadily. Time is monotonic seconds, handed in."""

    __slots__ = ("_at_once", "_left", "_per_second", "_refilled_at")

    def __init__(self, per_second: float, at_once: int, now: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._left = float(at_once)
        self._refilled_at = now

    def spend(self, frames: float, now: float) -> float:
        """Take `frames` out and return for how many seconds to read nothing; debt is paid by waiting."""
        self._left = min(self._at_once, self._left + (now - self._refilled_at) * self._per_second) - frames
        self._refilled_at = now
        return 0.0 if self._left >= 0 else -self._left / self._per_second
