"""Which sign-ins have a conversation open at this moment, as far as this process has heard: kept in memory, never
stored, and over by itself.

Each web process hears the reports of its own connections, and of the others' through the fleeting relay. Whoever is not
heard of is told, so what gets lost costs a ring at most.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

# More conversations than one process hears of, as a rule; past them it begins anew.
MOST_CONVERSATIONS = 10_000
# More open apps in one conversation are not left out one by one.
MOST_SIGN_INS = 20

TOPIC = "conversation_open"


class Here:
    """Until when which sign-in is here, by conversation; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: dict[UUID, dict[UUID, float]] = {}
        self._lock = Lock()

    def note(self, conversation_id: UUID, sign_in_id: UUID, seconds: float) -> None:
        """Note that a sign-in is here for so long; 0: it has gone. Who types is here no shorter than before."""
        with self._lock:
            people = self._until.get(conversation_id, {})
            before = people.pop(sign_in_id, 0.0)
            if seconds > 0:
                people[sign_in_id] = max(before, self._clock() + seconds)
            if people:
                self._keep(conversation_id, people)
            else:
                self._until.pop(conversation_id, None)

    def hear(self, said: Any) -> None:
        """Note what another process says: [conversation, sign-in, seconds]."""
        conversation_id, sign_in_id, seconds = said
        self.note(UUID(conversation_id), UUID(sign_in_id), float(seconds))

    def sign_ins(self, conversation_id: UUID) -> frozenset[UUID]:
        """Return which sign-ins have a conversation open now; all of more than there ever are stand for none."""
        with self._lock:
            people, now = self._until.get(conversation_id, {}), self._clock()
            here = frozenset(sign_in_id for sign_in_id, until in people.items() if until > now)
            if not here:
                self._until.pop(conversation_id, None)
            return here if len(here) <= MOST_SIGN_INS else frozenset()

    def _keep(self, conversation_id: UUID, people: dict[UUID, float]) -> None:
        if len(self._until) >= MOST_CONVERSATIONS and conversation_id not in self._until:
            self._until.clear()
        self._until[conversation_id] = people


HERE = Here()
