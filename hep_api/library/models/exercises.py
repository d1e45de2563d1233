"""Tables of exercises. The starter set is not copied into each clinic: its rows stand once, under a `clinic_id` that no
clinic has, `STARTER_SHELF`. So every key still begins with `clinic_id`, one query searches both shelves, and an id of
another clinic cannot match.

The price: `clinic_id` has no foreign key to `clinic` (an author's row has one, through the member). A prescription
keeps the exercise as it read when it was prescribed, so nothing above points here by key.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.tenancy import NOBODYS
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.library.vocabulary import BodyRegion, Difficulty, LinkKind, Position, Scope

STARTER_SHELF = NOBODYS
STARTER_SOURCE = "starter"
OWN_SOURCE = "own"

Texts = list[str]


class Exercise(Base):
    """How to do one movement. `version` grows with each change of its content; by which words it is found stands in
    `models/words.py`.
    """

    __tablename__ = "exercise"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "author_id"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "source", "source_key"),
        Index("exercise_author_idx", "clinic_id", "author_id"),
        CheckConstraint(f"(scope = 'starter') = (clinic_id = '{STARTER_SHELF}')", name="starter_shelf"),
        CheckConstraint("scope <> 'draft' OR author_id IS NOT NULL", name="draft_has_author"),
        CheckConstraint(one_of_words("scope", Scope), name="scope_is_known"),
        CheckConstraint(one_of_words("body_region", BodyRegion), name="body_region_is_known"),
        CheckConstraint(one_of_words("position", Position), name="position_is_known"),
        CheckConstraint(one_of_words("difficulty", Difficulty), name="difficulty_is_known"),
        CheckConstraint("sides IN (1, 2)", name="sides_are_one_or_two"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[Scope] = mapped_column(Word(Scope))
    author_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    steps: Mapped[Texts] = mapped_column(ARRAY(Text))
    cues: Mapped[Texts] = mapped_column(ARRAY(Text))
    mistakes: Mapped[Texts] = mapped_column(ARRAY(Text))
    precautions: Mapped[Texts] = mapped_column(ARRAY(Text))
    contraindications: Mapped[Texts] = mapped_column(ARRAY(Text))
    body_region: Mapped[BodyRegion] = mapped_column(Word(BodyRegion))
    joints: Mapped[Texts] = mapped_column(ARRAY(Text))
    goals: Mapped[Texts] = mapped_column(ARRAY(Text))
    position: Mapped[Position | None] = mapped_column(Word(Position))
    equipment: Mapped[Texts] = mapped_column(ARRAY(Text))
    sides: Mapped[int]
    difficulty: Mapped[Difficulty] = mapped_column(Word(Difficulty))
    default_dose: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    default_schedule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    tags: Mapped[Texts] = mapped_column(ARRAY(Text))
    synonyms: Mapped[Texts] = mapped_column(ARRAY(Text))
    source: Mapped[str] = mapped_column(Text)
    source_key: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    drawing_digest: Mapped[str | None] = mapped_column(Text)
    copied_from_id: Mapped[UUID | None]
    copied_from_version: Mapped[int | None]
    archived_at: Mapped[datetime | None] = mapped_column(INSTANT)
    version: Mapped[int] = mapped_column(default=1)
    content_digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class ExerciseTranslation(Base):
    """An exercise's texts in another language than its own. `outdated`: the exercise's own were changed since."""

    __tablename__ = "exercise_translation"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "exercise_id"], ["exercise.clinic_id", "exercise.id"], ondelete="CASCADE"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    exercise_id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    steps: Mapped[Texts] = mapped_column(ARRAY(Text))
    cues: Mapped[Texts] = mapped_column(ARRAY(Text))
    mistakes: Mapped[Texts] = mapped_column(ARRAY(Text))
    precautions: Mapped[Texts] = mapped_column(ARRAY(Text))
    contraindications: Mapped[Texts] = mapped_column(ARRAY(Text))
    synonyms: Mapped[Texts] = mapped_column(ARRAY(Text))
    author: Mapped[str] = mapped_column(Text)
    outdated: Mapped[bool]


class ExerciseLink(Base):
    """A harder or an alternative exercise, said once: `linked_id` is the harder one, of alternatives the greater id.

    `clinic_id` is whose word it is. A clinic's links may lead to the starter set, so neither end is a foreign key;
    exercises are archived and never deleted.
    """

    __tablename__ = "exercise_link"
    __table_args__ = (
        Index("exercise_link_linked_idx", "clinic_id", "linked_id"),
        CheckConstraint(one_of_words("kind", LinkKind), name="kind_is_known"),
        CheckConstraint("linked_id <> exercise_id", name="not_to_itself"),
        CheckConstraint("kind = 'harder' OR exercise_id < linked_id", name="alternatives_in_order"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    exercise_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(Word(LinkKind), primary_key=True)
    linked_id: Mapped[UUID] = mapped_column(primary_key=True)
