"""Reporting how far one has received and read."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.facts import publish
from hep_api.messaging import receiving
from hep_api.messaging.facts.messages import ReceiptChanged
from hep_api.messaging.receiving import ShownReceipt


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
