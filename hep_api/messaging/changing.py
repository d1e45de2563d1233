"""How a message changes: under its conversation's row lock, with the next number of the conversation's changes.

So whoever reads what changed after a number misses nothing: the order of the numbers is the order of the commits.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import Problem, not_found
from hep_api.messaging import access
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.saying import has_ended


@dataclass(frozen=True, slots=True)
class Held:
    """A message with its conversation, whose row is locked until the commit."""

    conversation: Conversation
    message: Message

    def renumber(self) -> None:
        """Note that the message has changed."""
        self.conversation.changes += 1
        self.message.change = self.conversation.changes


def hold(session: Session, viewer: Viewer, conversation_id: UUID, seq: int) -> Held:
    """Lock a conversation that the viewer takes part in, and return its message; 404 for any other."""
    query = access.own_conversations(viewer).where(Conversation.id == conversation_id)
    conversation = _locked(session, query)
    if conversation is None:
        raise access.no_such_conversation()
    access.note_conversation(session, viewer, conversation.patient_id, conversation.kind)
    return _with_message(session, conversation, seq)


def hold_own(session: Session, viewer: Viewer, conversation_id: UUID, seq: int) -> Held:
    """Hold a message that the viewer has sent; 403 `not_your_message` for anybody else's."""
    held = hold(session, viewer, conversation_id, seq)
    if held.message.sender_id != viewer.member_id:
        raise Problem("not_your_message", 403, "Somebody else has sent this message.")
    return held


def hold_for_clinic(session: Session, clinic_id: UUID, conversation_id: UUID, seq: int) -> Held:
    """Hold a message where nobody asks who may: for a job or a reaction."""
    query = select(Conversation).where(Conversation.clinic_id == clinic_id, Conversation.id == conversation_id)
    conversation = _locked(session, query)
    if conversation is None:
        raise access.no_such_conversation()
    return _with_message(session, conversation, seq)


def refuse_ended(held: Held) -> None:
    """Refuse with 409 to say anything more in a conversation that has ended."""
    if held.conversation.ended_at is not None:
        raise has_ended()


def refuse_withdrawn(held: Held) -> None:
    """Refuse with 409 to do anything with what was withdrawn."""
    if held.message.withdrawn_at is not None:
        raise Problem("message_withdrawn", 409, "The message was withdrawn.")


def _locked(session: Session, query: Select[Conversation]) -> Conversation | None:
    # What an earlier statement saw of the row may be old by now.
    locking = query.with_for_update(of=Conversation, key_share=True).execution_options(populate_existing=True)
    return session.scalar(locking)


def _with_message(session: Session, conversation: Conversation, seq: int) -> Held:
    query = select(Message).where(
        Message.clinic_id == conversation.clinic_id, Message.conversation_id == conversation.id, Message.seq == seq
    )
    message = session.scalar(query.execution_options(populate_existing=True))
    if message is None:
        raise not_found("message")
    return Held(conversation, message)
