"""What is removed of content when a patient is erased: what was sent to them, and that they opened it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.messaging.models.sent_content import ContentOpening, SentContent, SentContentAsset


def erase_sent_content(session: Session, clinic_id: UUID, conversations: Collection[UUID]) -> None:
    """Remove what was sent in these conversations, which the caller holds locked; before their messages go."""
    for model in (ContentOpening, SentContentAsset, SentContent):
        session.execute(delete(model).where(model.clinic_id == clinic_id, model.conversation_id.in_(conversations)))
