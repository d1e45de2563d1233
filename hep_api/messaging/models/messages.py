"""Tables of messages. One is never changed or deleted, and is found again by (sender, client_id) for ever."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words


class AboutKind(StrEnum):
    """What a message may be about."""

    PRESCRIPTION = "prescription"
    EVENT = "event"


class Message(Base):
    """What one person said once. `client_id` is the sender's own id of it."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "sender_id"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "conversation_id", "sender_id", "client_id", name="message_sent_once_key"),
        CheckConstraint("seq > 0", name="seq_counts_from_one"),
        CheckConstraint(one_of_words("about_kind", AboutKind), name="about_kind_is_known"),
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_is_whole"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender_id: Mapped[UUID]
    client_id: Mapped[UUID]
    body: Mapped[str] = mapped_column(Text)
    about_kind: Mapped[AboutKind | None] = mapped_column(Word(AboutKind))
    about_id: Mapped[UUID | None]
    sent_at: Mapped[datetime] = mapped_column(INSTANT)
