"""What messaging holds of a patient: their conversations, every message in them, and how far each one had read."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.exporting.check_ins import export_check_ins
from hep_api.messaging.exporting.content import export_content
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.handling import Handling
from hep_api.messaging.models.messages import Message, MessageReaction, MessageVersion
from hep_api.messaging.models.mutes import Mute
from hep_api.messaging.models.receipts import Receipt


def export_messaging(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's conversations with their messages and receipts."""
    conversations = select(*columns_of(Conversation, without=("patient_id", "assigned_to"))).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    conversations = with_names(conversations.order_by(Conversation.id), Conversation.assigned_to)
    yield section(session, "conversations", "Threads with the care team.", conversations)
    handling = select(*columns_of(Handling, without=("id", "changed_by", "assigned_to")))
    handling = handling.where(_of_patient(Handling, clinic_id, patient_id))
    handling = with_names(handling.order_by(Handling.changed_at), Handling.changed_by, Handling.assigned_to)
    yield section(session, "conversation_handling", "What staff did about the threads.", handling)
    messages = select(*columns_of(Message, without=("sender_id", "client_id")))
    messages = messages.where(_of_patient(Message, clinic_id, patient_id))
    messages = messages.order_by(Message.conversation_id, Message.seq)
    told = "What was written, also what was withdrawn since, which nobody is shown any more."
    yield section(session, "messages", told, with_names(messages, Message.sender_id))
    yield from _what_hangs_on_messages(session, clinic_id, patient_id)
    receipts = select(*columns_of(Receipt, without=("member_id",)))
    receipts = receipts.where(_of_patient(Receipt, clinic_id, patient_id))
    receipts = receipts.order_by(Receipt.conversation_id, Receipt.member_id)
    yield section(
        session, "receipts", "How far each one had received and read.", with_names(receipts, Receipt.member_id)
    )
    yield from export_content(session, clinic_id, patient_id)
    yield from export_check_ins(session, clinic_id, patient_id)


def _what_hangs_on_messages(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    versions = select(*columns_of(MessageVersion, without=("client_id",)))
    versions = versions.where(_of_patient(MessageVersion, clinic_id, patient_id))
    versions = versions.order_by(MessageVersion.conversation_id, MessageVersion.seq, MessageVersion.version)
    yield section(session, "message_versions", "What edited messages said before and since.", versions)
    reactions = select(*columns_of(MessageReaction, without=("member_id",)))
    reactions = reactions.where(_of_patient(MessageReaction, clinic_id, patient_id))
    reactions = reactions.order_by(MessageReaction.conversation_id, MessageReaction.seq, MessageReaction.reacted_at)
    named = with_names(reactions, MessageReaction.member_id)
    yield section(session, "message_reactions", "Signs put on messages.", named)
    mutes = select(*columns_of(Mute, without=("member_id",))).where(_of_patient(Mute, clinic_id, patient_id))
    # Whether staff want to hear a sound is theirs, and says nothing of the patient.
    mutes = mutes.where(Mute.member_id == patient_id).order_by(Mute.conversation_id)
    yield section(session, "mutes", "Conversations that you have muted.", mutes)


def _of_patient(model: Any, clinic_id: UUID, patient_id: UUID) -> ColumnElement[bool]:
    conversations = select(Conversation.id).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    of_patient: ColumnElement[bool] = (model.clinic_id == clinic_id) & model.conversation_id.in_(conversations)
    return of_patient
