"""What a patient's export has of content: what was sent to them, as it read then, and when they opened it."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.sent_content import ContentOpening, SentContent


def export_content(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield what was sent to the patient, and who opened it when."""
    conversations = select(Conversation.id).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id
    )
    sent = select(*columns_of(SentContent)).where(
        SentContent.clinic_id == clinic_id, SentContent.conversation_id.in_(conversations)
    )
    ordered = sent.order_by(SentContent.conversation_id, SentContent.seq)
    yield section(session, "sent_content", "Articles and exercises that were sent, as they read then.", ordered)
    opened = select(*columns_of(ContentOpening, without=("member_id",))).where(
        ContentOpening.clinic_id == clinic_id, ContentOpening.conversation_id.in_(conversations)
    )
    opened = opened.order_by(ContentOpening.conversation_id, ContentOpening.seq)
    named = with_names(opened, ContentOpening.member_id)
    yield section(session, "content_openings", "When what was sent was opened for the first time.", named)
