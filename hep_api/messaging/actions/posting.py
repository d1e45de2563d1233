"""Saying something where nobody asks who may: what reactions and jobs put into a conversation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.foundation.facts import publish
from hep_api.messaging import numbering
from hep_api.messaging.facts.messages import MessageSent
from hep_api.messaging.numbering import Numbered
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import ShownMessage


def post_message(session: Session, clinic_id: UUID, conversation_id: UUID, said: Said, now: datetime) -> ShownMessage:
    """Add a message of the system's, or of a staff member's for whom somebody has asked who may; tell it as any other.

    Under the same `client_id` it is said once, for ever: what is said again is the first one, whatever it says now.

    Errors: 404 when there is no such conversation; 409 `conversation_ended`, which never stops the system.
    """
    role = None if said.sender_id is None else Role.PRACTITIONER
    numbered = numbering.number_for_clinic(session, clinic_id, conversation_id, said, role, now)
    if numbered.is_new:
        announce(session, clinic_id, numbered, role)
    return numbered.message


def announce(session: Session, clinic_id: UUID, numbered: Numbered, role: Role | None) -> None:
    """Publish that a new message was written."""
    fact = MessageSent(
        clinic_id=clinic_id,
        patient_id=numbered.patient_id,
        message=numbered.message,
        rooms=numbered.rooms,
        conversation_kind=numbered.conversation_kind,
        sender_role=role,
        waited_since=numbered.waited_since,
        waited_seq=numbered.waited_seq,
        was_closed=numbered.was_closed,
        clinic_version=numbered.clinic_version,
    )
    publish(session, fact)
