"""Tables of messaging. A conversation's row lock orders its messages; their numbers have no gaps.

A message is never changed or deleted, and is found again by (sender, client_id) for ever.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class ConversationKind(StrEnum):
    """Who talks: the patient with the care team, or (not offered yet) the staff about the patient."""

    CARE_TEAM = "care_team"
    STAFF = "staff"


class AboutKind(StrEnum):
    """What a message may be about."""

    PRESCRIPTION = "prescription"
    EVENT = "event"


class Conversation(Base):
    """One thread; `last_seq` is the number of its last message, 0 before the first. `active_at` sorts lists."""

    __tablename__ = "conversation"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        UniqueConstraint("clinic_id", "patient_id", "kind"),
        Index("conversation_active_idx", "clinic_id", "active_at", "id"),
        CheckConstraint(one_of_words("kind", ConversationKind), name="kind_is_known"),
        CheckConstraint("last_seq >= 0", name="last_seq_counts"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ConversationKind] = mapped_column(Word(ConversationKind))
    patient_id: Mapped[UUID]
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    active_at: Mapped[datetime] = mapped_column(INSTANT)


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


class Receipt(Base):
    """How far a participant's phone has got, and how far the participant has read: highest seq each, never less."""

    __tablename__ = "receipt"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint("0 <= read_seq AND read_seq <= delivered_seq", name="read_is_delivered"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivered_seq: Mapped[int]
    read_seq: Mapped[int]
