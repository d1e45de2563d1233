"""Tables of attachments. The files lie in the store, in the folder of the patient; here stands what they are, whose,
how far they have come, and of which message they are.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.foundation.uploads.columns import Arriving


class AttachmentState(StrEnum):
    """How far an attachment is. `processing`: it has come, and is being looked at; `refused_rule` says why one was
    refused.
    """

    ARRIVING = "arriving"
    PROCESSING = "processing"
    READY = "ready"
    REFUSED = "refused"


class RefusedRule(StrEnum):
    """Why an attachment was refused after it had come."""

    MEDIA_BROKEN = "media_broken"
    PIXELS = "pixels"
    ENCRYPTED = "encrypted"
    ACTIVE_CONTENT = "active_content"
    EMBEDDED_FILE = "embedded_file"
    INFECTED = "infected"
    FILE_MISSING = "file_missing"


class Attachment(Arriving, Base):
    """A file of a conversation. Until a message has it, it is its sender's alone, and expires.

    `kept_bytes` is what it takes in the store; `put_away_at` is when its files were moved away from where links lead,
    because its message was withdrawn.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"], ["message.clinic_id", "message.conversation_id", "message.seq"]
        ),
        ForeignKeyConstraint(["clinic_id", "uploaded_by"], ["member.clinic_id", "member.id"]),
        Index("attachment_message_key", "clinic_id", "conversation_id", "seq", "position", unique=True),
        Index("attachment_waiting_idx", "clinic_id", "uploaded_by", postgresql_where=text("seq IS NULL")),
        CheckConstraint(one_of_words("kind", MediaKind), name="kind_is_known"),
        CheckConstraint(one_of_words("state", AttachmentState), name="state_is_known"),
        CheckConstraint("(state = 'refused') = (refused_rule IS NOT NULL)", name="refusal_has_rule"),
        CheckConstraint("(seq IS NULL) = (position IS NULL)", name="place_is_whole"),
        CheckConstraint("received_bytes <= total_bytes", name="is_not_more_than_declared"),
    )

    conversation_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    seq: Mapped[int | None] = mapped_column(default=None)
    position: Mapped[int | None] = mapped_column(default=None)
    kind: Mapped[MediaKind] = mapped_column(Word(MediaKind))
    state: Mapped[AttachmentState] = mapped_column(Word(AttachmentState))
    refused_rule: Mapped[RefusedRule | None] = mapped_column(Word(RefusedRule), default=None)
    name: Mapped[str | None] = mapped_column(Text, default=None)
    kept_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[float | None] = mapped_column(default=None)
    metadata_removed: Mapped[bool] = mapped_column(default=False)
    renditions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    put_away_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
