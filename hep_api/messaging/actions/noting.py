"""Noting that a message is shown otherwise than before, though its words stand: for what hangs on it."""

from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.facts import publish
from hep_api.messaging import access, changing
from hep_api.messaging.changing import Held
from hep_api.messaging.facts.messages import MessageChanged
from hep_api.messaging.queries.showing import show_one
from hep_api.messaging.shown import ShownMessage


def note_change(session: Session, clinic_id: UUID, conversation_id: UUID, seq: int) -> ShownMessage:
    """Note that something hanging on a message has changed, and have everyone who takes part told; 404 without it."""
    return note_change_of(session, changing.hold_for_clinic(session, clinic_id, conversation_id, seq))


def note_change_of(session: Session, held: Held) -> ShownMessage:
    """Do so for a message that is held."""
    held.renumber()
    session.flush()
    message, talk = show_one(session, held.message), held.conversation
    rooms = access.list_rooms_of(session, talk.clinic_id, talk.patient_id, talk.kind)
    publish(session, MessageChanged(talk.clinic_id, talk.patient_id, message, rooms))
    return message
