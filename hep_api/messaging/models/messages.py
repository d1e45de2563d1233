"""Tables of messages. One is never deleted, and is found again by (sender, client_id) for ever."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words


class MessageKind(StrEnum):
    """What a message is: somebody's words, or what the product puts into the conversation beside them."""

    TEXT = "text"
    CARD = "card"
    CONTENT = "content"
    CHECK_IN = "check_in"
    NOTICE = "notice"


class AboutKind(StrEnum):
    """What a message may be about."""

    PRESCRIPTION = "prescription"
    EVENT = "event"
    FLAG = "flag"
    PLAN_REVISION = "plan_revision"


class Message(Base):
    """What one person said once, or the clinic's system, which has no `sender_id`. `client_id` is the sender's own id.

    `change` is the number of its last change among all of the conversation's. What was withdrawn keeps its words for
    the record; nobody is shown them.
    """

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "sender_id"], ["member.clinic_id", "member.id"]),
        UniqueConstraint(
            "clinic_id",
            "conversation_id",
            "sender_id",
            "client_id",
            name="message_sent_once_key",
            postgresql_nulls_not_distinct=True,
        ),
        Index("message_change_key", "clinic_id", "conversation_id", "change", unique=True),
        Index(
            "message_about_idx",
            "clinic_id",
            "about_kind",
            "about_id",
            "conversation_id",
            postgresql_where=text("about_id IS NOT NULL"),
        ),
        CheckConstraint("seq > 0", name="seq_counts_from_one"),
        CheckConstraint(one_of_words("kind", MessageKind), name="kind_is_known"),
        CheckConstraint("sender_id IS NOT NULL OR kind <> 'text'", name="a_person_says_it"),
        CheckConstraint("0 < reply_to_seq AND reply_to_seq < seq", name="reply_is_to_an_earlier_one"),
        CheckConstraint(one_of_words("about_kind", AboutKind), name="about_kind_is_known"),
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_is_whole"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[MessageKind] = mapped_column(Word(MessageKind))
    sender_id: Mapped[UUID | None]
    client_id: Mapped[UUID]
    body: Mapped[str] = mapped_column(Text)
    card: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    about_kind: Mapped[AboutKind | None] = mapped_column(Word(AboutKind))
    about_id: Mapped[UUID | None]
    reply_to_seq: Mapped[int | None]
    sent_at: Mapped[datetime] = mapped_column(INSTANT)
    edited_at: Mapped[datetime | None] = mapped_column(INSTANT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(INSTANT)
    change: Mapped[int]


class MessageVersion(Base):
    """What an edited message said in each of its versions, the first and the present one among them.

    `client_id` is the sender's own id of the edit; that of the first version is the message's.
    """

    __tablename__ = "message_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"], ["message.clinic_id", "message.conversation_id", "message.seq"]
        ),
        UniqueConstraint("clinic_id", "conversation_id", "seq", "client_id", name="message_version_edited_once_key"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[UUID]
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(INSTANT)


class Sign(StrEnum):
    """What one may answer a message with in place of words."""

    THUMBS_UP = "thumbs_up"
    HEART = "heart"
    THANKS = "thanks"
    DONE = "done"
    QUESTION = "question"
    SAD = "sad"


class MessageReaction(Base):
    """A sign that somebody has put on a message."""

    __tablename__ = "message_reaction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "conversation_id", "seq"], ["message.clinic_id", "message.conversation_id", "message.seq"]
        ),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint(one_of_words("sign", Sign), name="sign_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    sign: Mapped[Sign] = mapped_column(Word(Sign), primary_key=True)
    reacted_at: Mapped[datetime] = mapped_column(INSTANT)
