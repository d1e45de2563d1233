"""A message as people see it, and when two are the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hep_api.messaging.models.messages import AboutKind


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about."""

    kind: AboutKind
    id: UUID


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message of a conversation."""

    conversation_id: UUID
    seq: int
    sender_id: UUID
    client_id: UUID
    body: str
    about: About | None
    sent_at: datetime

    def says(self, body: str, about: About | None) -> bool:
        """Return whether it has this content."""
        return self.body == body and self.about == about


def shown(row: Any) -> ShownMessage:
    """Make one from a row with the message's columns."""
    about = About(AboutKind(row.about_kind), row.about_id) if row.about_id else None
    return ShownMessage(row.conversation_id, row.seq, row.sender_id, row.client_id, row.body, about, row.sent_at)
