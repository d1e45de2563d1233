"""What people read of a conversation's messages: what they missed, what came before, or the last ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.messaging import access
from hep_api.messaging.models.messages import Message
from hep_api.messaging.queries.showing import show
from hep_api.messaging.shown import ShownMessage


@dataclass(frozen=True, slots=True)
class History:
    """Messages in the order that was asked for; `has_more` in that direction.

    `changes` is the number of a change up to which nothing is missing from what was read.
    """

    conversation_id: UUID
    items: Sequence[ShownMessage]
    last_seq: int
    changes: int
    has_more: bool


def list_messages_for(session: Session, viewer: Viewer, conversation_id: UUID, query: dict[str, Any]) -> History:
    """Return up to `limit` messages after a number, changed after one, before one, or the last ones; 404 when it is
    not theirs to read.
    """
    # First the numbers, then the messages: what is committed in between is in the answer and above the numbers.
    conversation = access.conversation_for(session, viewer, conversation_id)
    limit, forwards = query["limit"], query["before"] is None and _is_after_something(query)
    messages = select(Message).where(Message.clinic_id == viewer.clinic_id, Message.conversation_id == conversation_id)
    found = session.scalars(_in_order(messages, query).limit(limit + 1)).all()
    kept = found[:limit] if forwards else found[:limit][::-1]
    last_seq = max([conversation.last_seq, *(message.seq for message in kept)])
    shown = show(session, viewer.clinic_id, kept)
    return History(conversation_id, shown, last_seq, conversation.changes, len(found) > limit)


def _is_after_something(query: dict[str, Any]) -> bool:
    return query["after"] is not None or query["changed_after"] is not None


def _in_order(messages: Select[Message], query: dict[str, Any]) -> Select[Message]:
    if query["changed_after"] is not None:
        return messages.where(Message.change > query["changed_after"]).order_by(Message.change)
    if query["after"] is not None:
        return messages.where(Message.seq > query["after"]).order_by(Message.seq)
    before = query["before"]
    return messages.where(Message.seq < before if before is not None else true()).order_by(Message.seq.desc())
