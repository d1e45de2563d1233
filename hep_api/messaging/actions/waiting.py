"""What waits in a conversation, found anew from what was said: where the clock of answers cannot just run on.

That is where the message that waited is withdrawn, and where a conversation goes on that was closed or had ended.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.handling import Handling, HandlingChange
from hep_api.messaging.models.messages import Message, MessageVersion
from hep_api.messaging.saying import WORDS


@dataclass(frozen=True, slots=True)
class _Settled:
    """Up to where nothing waits: the staff's last word, and when the patient or the product opened it last.

    Whatever had waited before that was closed, and needs no answer. Staff who reopen take their closing back.
    """

    answered_seq: int
    answered_at: datetime | None
    opened_at: datetime | None


def let_first_wait(session: Session, conversation: Conversation) -> None:
    """Let the patient's first message that nobody has answered wait, if there is one; the caller holds the lock."""
    settled = _settled(session, conversation)
    # An edit that has opened the conversation waits from then on.
    since = func.greatest(Message.sent_at, settled.opened_at)
    first = session.execute(
        select(Message.seq, since.label("since"))
        .where(
            Message.clinic_id == conversation.clinic_id,
            Message.conversation_id == conversation.id,
            Message.sender_id == conversation.patient_id,
            Message.kind.in_(WORDS),
            Message.withdrawn_at.is_(None),
            _is_open(settled),
        )
        .order_by(since, Message.seq)
        .limit(1)
    ).one_or_none()
    conversation.waiting_seq = first.seq if first else None
    conversation.waiting_since = first.since if first else None


def _settled(session: Session, talk: Conversation) -> _Settled:
    of_talk = (Message.clinic_id == talk.clinic_id) & (Message.conversation_id == talk.id)
    # An answer that was withdrawn has been given all the same.
    words = of_talk & (Message.sender_id != talk.patient_id) & Message.kind.in_(WORDS)
    opened = select(func.max(Handling.changed_at)).where(
        Handling.clinic_id == talk.clinic_id,
        Handling.conversation_id == talk.id,
        Handling.change == HandlingChange.REOPENED,
        Handling.changed_by.is_(None) | (Handling.changed_by == talk.patient_id),
    )
    last = select(func.coalesce(func.max(Message.seq), 0), func.max(Message.sent_at), opened.scalar_subquery())
    return _Settled(*session.execute(last.where(words)).one())


def _is_open(settled: _Settled) -> ColumnElement[bool]:
    said_since = Message.seq > settled.answered_seq
    if settled.opened_at is None:
        return said_since
    said_since = and_(said_since, Message.sent_at >= settled.opened_at)
    if settled.answered_at is not None and settled.answered_at >= settled.opened_at:
        return said_since
    opened_it = exists().where(
        MessageVersion.clinic_id == Message.clinic_id,
        MessageVersion.conversation_id == Message.conversation_id,
        MessageVersion.seq == Message.seq,
        MessageVersion.version > 1,
        MessageVersion.written_at == settled.opened_at,
    )
    return or_(said_since, opened_it)
