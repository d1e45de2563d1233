"""Sending a message: once for each `client_id`, however often the phone tries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import conflict
from hep_api.foundation.facts import publish
from hep_api.messaging import access, anchors, numbering
from hep_api.messaging.facts import MessageSent
from hep_api.messaging.shown import ShownMessage


def send_message(
    session: Session, viewer: Viewer, conversation_id: UUID, body: dict[str, Any], now: datetime
) -> ShownMessage:
    """Add a message, or return the one sent before under the same `client_id`; the sender is told the same both times.

    Errors: 404, 422 naming `/about/id` when it is not the patient's, 409 when `client_id` was used for other words.
    """
    about = anchors.read_about(body)
    if about is not None:
        conversation = access.conversation_for(session, viewer, conversation_id)
        anchors.refuse_foreign(session, viewer, conversation.patient_id, about)
    numbered = numbering.number(session, viewer, conversation_id, body["client_id"], body["body"], about, now)
    if not numbered.message.says(body["body"], about):
        raise conflict("/client_id", "sent_before", "You have sent another message with this client_id.")
    if numbered.is_new:
        publish(session, MessageSent(viewer.clinic_id, numbered.patient_id, numbered.message, numbered.rooms))
    return numbered.message
