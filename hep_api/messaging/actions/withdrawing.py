"""Taking back what one has sent: its place and number stay, its words go from every door; the record keeps them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.messaging import access, changing
from hep_api.messaging.changing import Held
from hep_api.messaging.facts.messages import MessageWithdrawn
from hep_api.messaging.models.messages import Message
from hep_api.messaging.queries.showing import show_one
from hep_api.messaging.saying import WORDS
from hep_api.messaging.shown import ShownMessage


def withdraw_message(session: Session, viewer: Viewer, conversation_id: UUID, seq: int, now: datetime) -> ShownMessage:
    """Withdraw the viewer's message, at any time and for good; what is withdrawn already stays as it is.

    Errors: 404; 403 `not_your_message`.
    """
    held = changing.hold_own(session, viewer, conversation_id, seq)
    if held.message.withdrawn_at is not None:
        return show_one(session, held.message)
    held.message.withdrawn_at = now
    held.renumber()
    session.flush()
    if held.conversation.waiting_seq == seq:
        _let_the_next_one_wait(session, held)
    message = show_one(session, held.message)
    talk = held.conversation
    rooms = access.list_rooms_of(session, viewer.clinic_id, talk.patient_id, talk.kind)
    publish(session, MessageWithdrawn(viewer.clinic_id, talk.patient_id, message, rooms, talk.kind, viewer.role))
    return message


def _let_the_next_one_wait(session: Session, held: Held) -> None:
    """Let the patient's next message that nobody has answered be the one that waits, if there is one."""
    talk, withdrawn = held.conversation, held.message
    query = (
        select(Message)
        .where(
            Message.clinic_id == talk.clinic_id,
            Message.conversation_id == talk.id,
            Message.seq > withdrawn.seq,
            Message.sender_id == talk.patient_id,
            Message.kind.in_(WORDS),
            Message.withdrawn_at.is_(None),
        )
        .order_by(Message.seq)
        .limit(1)
    )
    following = session.scalar(query)
    talk.waiting_seq = following.seq if following else None
    talk.waiting_since = following.sent_at if following else None
