"""Turns: of what waits for each other in the database anyhow, only so many go there at a time.

Ten connections that wait for one lock cost PostgreSQL half as much again as two, and those who wait here hold no
connection that others need. With two, though, a clinic that writes hundreds of messages a second waits here for long.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock

AT_A_TIME = 4
LONGEST_WAIT_SECONDS = 0.1


class Turns:
    """Turns of one process, by what people wait for. Whoever has waited too long goes on without one: those before may
    be held up by something else.
    """

    def __init__(self, at_a_time: int = AT_A_TIME, longest_wait_seconds: float = LONGEST_WAIT_SECONDS) -> None:
        self._at_a_time = at_a_time
        self._longest_wait_seconds = longest_wait_seconds
        self._changing = Lock()
        self._under_way: dict[Hashable, int] = {}
        self._waiting: dict[Hashable, deque[Lock]] = {}

    @contextmanager
    def taken(self, of: Hashable) -> Iterator[None]:
        """Wait for a turn, and hold it for a block."""
        self._take(of)
        try:
            yield
        finally:
            self._give(of)

    def _take(self, of: Hashable) -> None:
        with self._changing:
            if self._under_way.get(of, 0) < self._at_a_time:
                self._under_way[of] = self._under_way.get(of, 0) + 1
                return
            mine = Lock()
            mine.acquire()
            self._waiting.setdefault(of, deque()).append(mine)
        try:
            mine.acquire(timeout=self._longest_wait_seconds)
        except BaseException:  # Given up by whoever runs it: nobody would give back a turn that comes to it later.
            self._go_on(of, mine)
            self._give(of)
            raise
        self._go_on(of, mine)

    def _go_on(self, of: Hashable, mine: Lock) -> None:
        """Be under way, with the turn that has come or without one."""
        with self._changing:
            waiting = self._waiting.get(of, deque())
            if mine in waiting:  # else a turn came
                waiting.remove(mine)
                self._under_way[of] += 1

    def _give(self, of: Hashable) -> None:
        """Hand the turn to whoever waits longest, unless more are under way than have turns."""
        with self._changing:
            waiting = self._waiting.get(of)
            if waiting and self._under_way[of] <= self._at_a_time:
                waiting.popleft().release()
            elif self._under_way[of] > 1:
                self._under_way[of] -= 1
            else:
                del self._under_way[of]
            if not waiting:
                self._waiting.pop(of, None)
