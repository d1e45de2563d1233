"""Muting a conversation for oneself, and hearing of it again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation import clock
from hep_api.foundation.errors import invalid_field
from hep_api.messaging import access
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.mutes import Mute


def mute_conversation(session: Session, viewer: Viewer, conversation_id: UUID, until: datetime | None) -> None:
    """Note that the viewer wants to hear no sound of a conversation; None is for good.

    404 when it is not theirs, 422 when it would be over already.
    """
    _refuse_others(session, viewer, conversation_id)
    if until is not None and until <= clock.now():
        raise invalid_field("/until", "past", "Must not lie in the past.")
    row = {"clinic_id": viewer.clinic_id, "conversation_id": conversation_id, "member_id": viewer.member_id}
    wish = insert(Mute).values(**row, until=until)
    session.execute(wish.on_conflict_do_update(index_elements=list(row), set_={"until": until}))


def unmute_conversation(session: Session, viewer: Viewer, conversation_id: UUID) -> None:
    """Forget the wish; one that is not there changes nothing. 404 when the conversation is not theirs."""
    _refuse_others(session, viewer, conversation_id)
    session.execute(
        delete(Mute).where(
            Mute.clinic_id == viewer.clinic_id,
            Mute.conversation_id == conversation_id,
            Mute.member_id == viewer.member_id,
        )
    )


def _refuse_others(session: Session, viewer: Viewer, conversation_id: UUID) -> None:
    """Refuse whoever takes no part, also who may read for a while."""
    query = access.own_conversations(viewer).where(Conversation.id == conversation_id)
    if session.scalar(query) is None:
        raise access.no_such_conversation()
