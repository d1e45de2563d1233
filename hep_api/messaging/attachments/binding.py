"""How files come to be of a message: added to the conversation before, each by whoever sends it, each of one message.

One that is not the sender's own, of another conversation, not whole, or of a message already, is refused in the same
words: nobody learns whether it is there.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from hep_api.foundation.errors import FieldError, invalid
from hep_api.foundation.media.keeping import shown_renditions
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.messaging.models.attachments import Attachment, AttachmentState, RefusedRule

# Conversation and number of a message.
Key = tuple[UUID, int]
MOST_OF_A_MESSAGE = 10
BINDABLE = (AttachmentState.PROCESSING, AttachmentState.READY)
_WORDS = "Must be a file that you have added to this conversation, whole, that can be opened and no message has yet."


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """A file of a message, as people see it; its renditions are there once it is ready."""

    id: UUID
    kind: MediaKind
    state: AttachmentState
    refused_rule: RefusedRule | None
    content_type: str
    name: str | None
    total_bytes: int
    duration_seconds: float | None
    metadata_removed: bool
    renditions: tuple[dict[str, Any], ...]


def shown_attachment(row: Any) -> ShownAttachment:
    """Make one from a row with the attachment's columns."""
    renditions = [{"name": name, **row.renditions[name]} for name in shown_renditions(row.renditions)]
    return ShownAttachment(
        row.id,
        row.kind,
        row.state,
        row.refused_rule,
        row.content_type,
        row.name,
        row.total_bytes,
        row.duration_seconds,
        row.metadata_removed,
        tuple(renditions),
    )


def bind(
    session: Session, clinic_id: UUID, conversation_id: UUID, seq: int, sender_id: UUID, ids: Sequence[UUID]
) -> tuple[ShownAttachment, ...]:
    """Let a message have these files, in this order; the caller holds the conversation's row. One statement.

    Errors: 422 naming each `/attachment_ids/N` that the message cannot have.
    """
    positions = func.array_position(bindparam("ids", list(ids), ARRAY(Uuid)), Attachment.id)
    binding = (
        update(Attachment)
        .where(
            Attachment.clinic_id == clinic_id,
            Attachment.id.in_(ids),
            Attachment.conversation_id == conversation_id,
            Attachment.uploaded_by == sender_id,
            Attachment.seq.is_(None),
            Attachment.state.in_(BINDABLE),
        )
        .values(seq=seq, position=positions)
        .returning(Attachment)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    bound = {attachment.id: attachment for attachment in session.scalars(binding)}
    errors = [
        FieldError(f"/attachment_ids/{place}", "attachment", _WORDS)
        for place, each in enumerate(ids)
        if each not in bound or each in ids[:place]
    ]
    if errors:
        raise invalid(*errors)
    return tuple(shown_attachment(bound[each]) for each in ids)


def attachments_of(session: Session, clinic_id: UUID, keys: Collection[Key]) -> dict[Key, tuple[ShownAttachment, ...]]:
    """Return the files of messages by conversation and number, each in its order; one statement. Who may read was asked
    before, and whether the messages still stand is the caller's to know.
    """
    query = (
        select(Attachment)
        .where(
            Attachment.clinic_id == clinic_id,
            tuple_(Attachment.conversation_id, Attachment.seq).in_(keys),
        )
        .order_by(Attachment.conversation_id, Attachment.seq, Attachment.position)
    )
    found: dict[Key, list[ShownAttachment]] = defaultdict(list)
    for attachment in session.scalars(query):
        found[attachment.conversation_id, attachment.seq or 0].append(shown_attachment(attachment))
    return {key: tuple(each) for key, each in found.items()}
