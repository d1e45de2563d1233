"""What people do in conversations. REST and socket run these same functions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.clinics.facts import PatientInvited
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import conflict
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.messaging import access, anchors, numbering, receiving
from hep_api.messaging.facts import MessageSent, ReceiptChanged
from hep_api.messaging.models import Conversation, ConversationKind
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.shown import ShownMessage


def open_care_team_conversation(session: Session, fact: PatientInvited) -> None:
    """Give a new patient the conversation with the care team; one that is there already stays."""
    since = select(Patient.created_at).where(Patient.clinic_id == fact.clinic_id, Patient.id == fact.patient_id)
    row = {
        "clinic_id": fact.clinic_id,
        "id": new_id(),
        "kind": ConversationKind.CARE_TEAM,
        "patient_id": fact.patient_id,
        "last_seq": 0,
        "created_at": since.scalar_subquery(),
        "active_at": since.scalar_subquery(),
    }
    session.execute(insert(Conversation).values(row).on_conflict_do_nothing())


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


def report_receipt(session: Session, viewer: Viewer, conversation_id: UUID, body: dict[str, Any]) -> ShownReceipt:
    """Note how far the viewer's phone has got and how far they have read; what is less than before changes nothing."""
    received = receiving.receive(session, viewer, conversation_id, body["delivered_seq"], body["read_seq"])
    receipt = received.receipt
    if received.has_changed:
        fact = ReceiptChanged(
            viewer.clinic_id,
            conversation_id,
            viewer.member_id,
            receipt.delivered_seq,
            receipt.read_seq,
            received.rooms,
        )
        publish(session, fact)
    return receipt
