"""The table of a clinic's content list: what it has to send to its patients."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words

Json = dict[str, Any]


class ContentKind(StrEnum):
    """What a piece of content is: something to read, or an exercise of the library with its pictures and videos."""

    ARTICLE = "article"
    EXERCISE = "exercise"


class ContentItem(Base):
    """One piece of a clinic's content list as it reads now; `version` grows with each change of it.

    `texts`: {language: {"title", "summary", "paragraphs": [text], "link": address or null}}, in `language` at least.
    `title` repeats that in its own language, by which lists are sorted; `searched` holds the folded words that it is
    found by. `sent_digest` tells whether the same one is added again.
    """

    __tablename__ = "content_item"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "author_id"], ["member.clinic_id", "member.id"]),
        Index("content_item_author_idx", "clinic_id", "author_id"),
        Index("content_item_title_idx", "clinic_id", "title", "id"),
        CheckConstraint(one_of_words("kind", ContentKind), name="kind_is_known"),
        CheckConstraint("(kind = 'exercise') = (exercise_id IS NOT NULL)", name="exercise_is_named"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ContentKind] = mapped_column(Word(ContentKind))
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    texts: Mapped[Json] = mapped_column(JSONB)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    exercise_id: Mapped[UUID | None]
    author_id: Mapped[UUID]
    searched: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    changed_at: Mapped[datetime] = mapped_column(INSTANT)
    archived_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
