"""What messaging holds of a patient: their conversations, every message in them, and how far each one had read."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.models.receipts import Receipt


def export_messaging(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's conversations with their messages and receipts."""
    conversations = select(*columns_of(Conversation, without=("patient_id",))).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    yield section(session, "conversations", "Threads with the care team.", conversations.order_by(Conversation.id))
    messages = select(*columns_of(Message, without=("sender_id", "client_id")))
    messages = messages.where(_of_patient(Message, clinic_id, patient_id))
    messages = messages.order_by(Message.conversation_id, Message.seq)
    yield section(session, "messages", "What was written.", with_names(messages, Message.sender_id))
    receipts = select(*columns_of(Receipt, without=("member_id",)))
    receipts = receipts.where(_of_patient(Receipt, clinic_id, patient_id))
    receipts = receipts.order_by(Receipt.conversation_id, Receipt.member_id)
    yield section(
        session, "receipts", "How far each one had received and read.", with_names(receipts, Receipt.member_id)
    )


def _of_patient(model: Any, clinic_id: UUID, patient_id: UUID) -> ColumnElement[bool]:
    conversations = select(Conversation.id).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    of_patient: ColumnElement[bool] = (model.clinic_id == clinic_id) & model.conversation_id.in_(conversations)
    return of_patient
