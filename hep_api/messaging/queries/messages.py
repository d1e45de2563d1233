"""What people read of a conversation's messages: what they missed, what came before, or the last ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.messaging import access
from hep_api.messaging.models.messages import Message
from hep_api.messaging.shown import ShownMessage, shown


@dataclass(frozen=True, slots=True)
class History:
    """Messages in the order of their numbers; `has_more` in the direction that was asked for."""

    conversation_id: UUID
    items: Sequence[ShownMessage]
    last_seq: int
    has_more: bool


def list_messages_for(session: Session, viewer: Viewer, conversation_id: UUID, query: dict[str, Any]) -> History:
    """Return up to `limit` messages after a number, before one, or the last ones; 404 when it is not theirs to read."""
    conversation = access.conversation_for(session, viewer, conversation_id)
    after, before, limit = query["after"], query["before"], query["limit"]
    messages = select(Message).where(Message.clinic_id == viewer.clinic_id, Message.conversation_id == conversation_id)
    if after is not None:
        messages = messages.where(Message.seq > after).order_by(Message.seq)
    else:
        messages = messages.where(Message.seq < before if before is not None else true()).order_by(Message.seq.desc())
    found = session.scalars(messages.limit(limit + 1)).all()
    kept = found[:limit] if after is not None else found[:limit][::-1]
    last_seq = max([conversation.last_seq, *(message.seq for message in kept[-1:])])
    return History(conversation_id, [shown(message) for message in kept], last_seq, len(found) > limit)
