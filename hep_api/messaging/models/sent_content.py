"""Tables of what was sent of a clinic's content list, to whom, and who opened it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.messaging.models.content import ContentKind

Json = dict[str, Any]


class SentContent(Base):
    """What a message of kind `content` carried: the piece as it read when it was sent, never changed afterwards.

    `exercise` is what a prescription would keep of it: its texts in all languages, and its media.
    """

    __tablename__ = "sent_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"], ["message.clinic_id", "message.conversation_id", "message.seq"]
        ),
        ForeignKeyConstraint(["clinic_id", "content_id"], ["content_item.clinic_id", "content_item.id"]),
        Index("sent_content_content_idx", "clinic_id", "content_id"),
        CheckConstraint(one_of_words("kind", ContentKind), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content_id: Mapped[UUID]
    version: Mapped[int]
    kind: Mapped[ContentKind] = mapped_column(Word(ContentKind))
    language: Mapped[str] = mapped_column(Text)
    texts: Mapped[Json] = mapped_column(JSONB)
    exercise: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))


class SentContentAsset(Base):
    """A picture or video in an exercise as it was sent. Its key keeps the asset's row from being removed."""

    __tablename__ = "sent_content_asset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["sent_content.clinic_id", "sent_content.conversation_id", "sent_content.seq"],
        ),
        ForeignKeyConstraint(["clinic_id", "asset_id"], ["asset.clinic_id", "asset.id"]),
        Index("sent_content_asset_asset_idx", "clinic_id", "asset_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True)


class ContentOpening(Base):
    """That somebody opened what was sent to them, and when for the first time."""

    __tablename__ = "content_opening"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"],
            ["sent_content.clinic_id", "sent_content.conversation_id", "sent_content.seq"],
        ),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
