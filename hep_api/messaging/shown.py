"""A message as people see it. Of a withdrawn one they see that it was there, whose, and when it was withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hep_api.messaging.models.messages import AboutKind, MessageKind


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about."""

    kind: AboutKind
    id: UUID


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message of a conversation; `sender_id` is None for what the clinic's system says."""

    conversation_id: UUID
    seq: int
    kind: MessageKind
    sender_id: UUID | None
    client_id: UUID
    body: str
    card: dict[str, Any] | None
    about: About | None
    reply_to_seq: int | None
    sent_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    change: int


def shown(row: Any) -> ShownMessage:
    """Make one from a row with the message's columns."""
    stands = row.withdrawn_at is None
    return ShownMessage(
        row.conversation_id,
        row.seq,
        MessageKind(row.kind),
        row.sender_id,
        row.client_id,
        row.body if stands else "",
        row.card if stands else None,
        about_of(row) if stands else None,
        row.reply_to_seq if stands else None,
        row.sent_at,
        row.edited_at,
        row.withdrawn_at,
        row.change,
    )


def about_of(row: Any) -> About | None:
    """Return what a row with the message's columns is about."""
    return About(AboutKind(row.about_kind), row.about_id) if row.about_id else None
