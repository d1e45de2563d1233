"""A message as people see it. Of a withdrawn one they see that it was there, whose, and when it was withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hep_api.messaging.attachments.binding import ShownAttachment
from hep_api.messaging.models.messages import AboutKind, Message, MessageKind, Sign


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about."""

    kind: AboutKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Reaction:
    """A sign on a message, with those who put it there, the first of them first."""

    sign: Sign
    member_ids: Sequence[UUID]


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
    reactions: Sequence[Reaction] = ()
    attachments: Sequence[ShownAttachment] = ()


def shown(
    row: Message, reactions: Sequence[Reaction] = (), attachments: Sequence[ShownAttachment] = ()
) -> ShownMessage:
    """Make one from a message as it is kept, and what else is shown of it."""
    stands = row.withdrawn_at is None
    return ShownMessage(
        row.conversation_id,
        row.seq,
        row.kind,
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
        reactions if stands else (),
        attachments if stands else (),
    )


def about_of(row: Message) -> About | None:
    """Return what a message is about."""
    return About(row.about_kind, row.about_id) if row.about_kind and row.about_id else None
