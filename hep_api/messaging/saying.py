"""What is to be said in a conversation, before it has a number; and what it does to the clock of answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import Role
from hep_api.foundation.errors import Problem
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.shown import About

# What counts as a word of a person's: it starts the clock of answers, or stops it.
WORDS = (MessageKind.TEXT, MessageKind.CONTENT)


class Clock(StrEnum):
    """What a message does to the conversation's clock of answers."""

    STARTS = "starts"
    STOPS = "stops"
    RUNS_ON = "runs_on"


@dataclass(frozen=True, slots=True)
class Said:
    """A message to be. `client_id` is its sender's own id of it; without a `sender_id` the clinic's system says it.

    `card` holds a `type`, ids, numbers and words of fixed lists, never a copy of what somebody wrote.
    """

    client_id: UUID
    body: str
    kind: MessageKind = MessageKind.TEXT
    card: dict[str, Any] | None = None
    about: About | None = None
    reply_to_seq: int | None = None
    sender_id: UUID | None = None
    attachment_ids: tuple[UUID, ...] = ()

    def clock(self, role: Role | None) -> Clock:
        """Return what it does to the clock when somebody of this role says it; None is the system."""
        if role is None or self.kind not in WORDS:
            return Clock.RUNS_ON
        return Clock.STARTS if role is Role.PATIENT else Clock.STOPS


def opens(role: Role | None, kind: MessageKind) -> bool:
    """Return whether saying this opens a closed conversation: people do, and cards, which somebody is to look at."""
    return role is not None or kind is MessageKind.CARD


def has_ended() -> Problem:
    return Problem("conversation_ended", 409, "The conversation has ended; nothing more is said in it.")
