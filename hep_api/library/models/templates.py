"""Tables of templates: a clinic's protocols. Those of the starter set stand on its shelf, as its exercises do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.library.vocabulary import BodyRegion


class Template(Base):
    """A protocol as it reads now; `version` grows with each change of what it says, and each version is kept.

    `searched` holds the folded words that it is found by. `sent_digest` tells whether the same one is sent again.
    """

    __tablename__ = "template"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "author_id"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "source_key"),
        Index("template_author_idx", "clinic_id", "author_id"),
        CheckConstraint(one_of_words("body_region", BodyRegion), name="body_region_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    body_region: Mapped[BodyRegion | None] = mapped_column(Word(BodyRegion))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(Text)
    author_id: Mapped[UUID | None]
    source_key: Mapped[str | None] = mapped_column(Text)
    copied_from_id: Mapped[UUID | None]
    copied_from_version: Mapped[int | None]
    phase_count: Mapped[int]
    exercise_count: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    archived_at: Mapped[datetime | None] = mapped_column(INSTANT)
    searched: Mapped[str] = mapped_column(Text)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)


class TemplateVersion(Base):
    """What a template said as its version `version`: never changed, so that a plan's origin can be looked up.

    `content`: {"title", "summary", "body_region", "tags", "language", "goals": [text], "phases": [{"name", "from_day",
    "note", "items": [{"exercise_id", "dose", "schedule", "progression"}]}]}; `from_day` counts days from the start.
    """

    __tablename__ = "template_version"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "template_id"], ["template.clinic_id", "template.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["clinic_id", "written_by"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    written_at: Mapped[datetime] = mapped_column(INSTANT)
    written_by: Mapped[UUID | None]
