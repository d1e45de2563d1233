"""Taking back what one has sent: its place and number stay, its words go from every door; the record keeps them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.messaging import access, changing
from hep_api.messaging.actions import waiting
from hep_api.messaging.facts.messages import MessageWithdrawn
from hep_api.messaging.queries.showing import show_one
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
        waiting.let_first_wait(session, held.conversation)
    message = show_one(session, held.message)
    talk = held.conversation
    rooms = access.list_rooms_of(session, viewer.clinic_id, talk.patient_id, talk.kind)
    publish(session, MessageWithdrawn(viewer.clinic_id, talk.patient_id, message, rooms, talk.kind, viewer.role))
    return message
