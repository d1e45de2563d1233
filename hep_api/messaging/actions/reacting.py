"""Answering a message with a sign, and taking the sign back; whoever does either twice has done it once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.messaging import changing
from hep_api.messaging.actions.noting import note_change_of
from hep_api.messaging.models.messages import MessageReaction, Sign
from hep_api.messaging.queries.showing import show_one
from hep_api.messaging.shown import ShownMessage


def react_to_message(
    session: Session, viewer: Viewer, conversation_id: UUID, seq: int, sign: Sign, now: datetime
) -> ShownMessage:
    """Put the viewer's sign on a message; what is there already stays as it is.

    Errors: 404; 409 `message_withdrawn`, `conversation_ended`.
    """
    held = changing.hold(session, viewer, conversation_id, seq)
    changing.refuse_withdrawn(held)
    reaction = _reaction(session, viewer, conversation_id, seq, sign)
    if reaction is not None:
        return show_one(session, held.message)
    changing.refuse_ended(held)
    named = {"clinic_id": viewer.clinic_id, "conversation_id": conversation_id, "member_id": viewer.member_id}
    session.add(MessageReaction(**named, seq=seq, sign=sign, reacted_at=now))
    return note_change_of(session, held)


def take_back_reaction(session: Session, viewer: Viewer, conversation_id: UUID, seq: int, sign: Sign) -> ShownMessage:
    """Take the viewer's sign off a message; one that is not there changes nothing. Errors: 404."""
    held = changing.hold(session, viewer, conversation_id, seq)
    reaction = _reaction(session, viewer, conversation_id, seq, sign)
    if reaction is None or held.message.withdrawn_at is not None:
        return show_one(session, held.message)
    session.delete(reaction)
    return note_change_of(session, held)


def _reaction(session: Session, viewer: Viewer, conversation_id: UUID, seq: int, sign: Sign) -> MessageReaction | None:
    return session.get(MessageReaction, (viewer.clinic_id, conversation_id, seq, viewer.member_id, sign))
