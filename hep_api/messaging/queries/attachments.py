"""Reads of attachments: whoever may read the conversation gets those of its messages; their sender, also those that no
message has yet. What a withdrawn message had, nobody gets.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import FieldError, invalid, not_found
from hep_api.messaging import access
from hep_api.messaging.models.attachments import Attachment, AttachmentState
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message


def attachment_for(session: Session, viewer: Viewer, conversation_id: UUID, attachment_id: UUID) -> Attachment:
    """Return an attachment that the viewer may see; 404 otherwise."""
    of_conversation = (Attachment.clinic_id == Conversation.clinic_id) & (Attachment.conversation_id == Conversation.id)
    query = access.visible_conversations(viewer).join(Attachment, of_conversation).add_columns(Attachment)
    query = query.where(Conversation.id == conversation_id, Attachment.id == attachment_id, _is_shown_to(viewer))
    row = session.execute(query).one_or_none()
    if row is None:
        raise not_found("attachment")
    access.note_conversation(session, viewer, row.Conversation.patient_id, row.Conversation.kind)
    attachment: Attachment = row.Attachment
    return attachment


def attachments_to_fetch(
    session: Session, viewer: Viewer, conversation_id: UUID, attachment_ids: Sequence[UUID]
) -> list[Attachment]:
    """Return the asked attachments in their order, each once, in two statements.

    Errors: 404 for a conversation that the viewer may not read, 422 naming each attachment that is not ready, or not
    theirs to see.
    """
    access.conversation_for(session, viewer, conversation_id)
    ready = Attachment.state == AttachmentState.READY
    query = select(Attachment).where(
        Attachment.clinic_id == viewer.clinic_id,
        Attachment.conversation_id == conversation_id,
        Attachment.id.in_(attachment_ids),
        ready,
        _is_shown_to(viewer),
    )
    found = {attachment.id: attachment for attachment in session.scalars(query)}
    words = "There is no such file in this conversation that is ready to be fetched."
    missing = [
        FieldError(f"/attachment_ids/{place}", "unknown_attachment", words)
        for place, attachment_id in enumerate(attachment_ids)
        if attachment_id not in found
    ]
    if missing:
        raise invalid(*missing)
    return [found[attachment_id] for attachment_id in dict.fromkeys(attachment_ids)]


def bytes_taken(clinic_id: UUID, now: datetime) -> ScalarSelect[int]:
    """Select what the attachments of a clinic take, and what has been promised to those that arrive."""
    counts = Attachment.finished_at.is_not(None) | (Attachment.expires_at > now)
    kept = select(func.coalesce(func.sum(Attachment.kept_bytes), 0)).where(Attachment.clinic_id == clinic_id, counts)
    return kept.scalar_subquery()


def _is_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    """Of a message that stands everybody who may read it is shown what it has; else only who added it."""
    stands = (
        select(Message.seq)
        .where(
            Message.clinic_id == Attachment.clinic_id,
            Message.conversation_id == Attachment.conversation_id,
            Message.seq == Attachment.seq,
            Message.withdrawn_at.is_(None),
        )
        .exists()
    )
    own = Attachment.seq.is_(None) & (Attachment.uploaded_by == viewer.member_id)
    return stands | own
