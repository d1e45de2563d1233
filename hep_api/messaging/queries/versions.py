"""What a message said before it was edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.messaging import access
from hep_api.messaging.models.messages import Message, MessageVersion


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """What a message said from an instant on, until the next version or still."""

    version: int
    body: str
    written_at: datetime


def list_versions_for(session: Session, viewer: Viewer, conversation_id: UUID, seq: int) -> list[ShownVersion]:
    """Return what a message has said, the first version first; nothing of a withdrawn one; 404 for who may not."""
    access.conversation_for(session, viewer, conversation_id)
    message = session.get(Message, (viewer.clinic_id, conversation_id, seq))
    if message is None:
        raise not_found("message")
    if message.withdrawn_at is not None:
        return []
    kept = versions_of(session, message)
    if not kept:
        return [ShownVersion(1, message.body, message.sent_at)]
    return [ShownVersion(each.version, each.body, each.written_at) for each in kept]


def versions_of(session: Session, message: Message) -> Sequence[MessageVersion]:
    """Return the versions of an edited message, the first one first; none of one that was never edited."""
    query = select(MessageVersion).where(
        MessageVersion.clinic_id == message.clinic_id,
        MessageVersion.conversation_id == message.conversation_id,
        MessageVersion.seq == message.seq,
    )
    return session.scalars(query.order_by(MessageVersion.version)).all()


def first_words(session: Session, message: Message) -> str:
    """Return what a message said when it was sent."""
    return message.body if message.edited_at is None else versions_of(session, message)[0].body
