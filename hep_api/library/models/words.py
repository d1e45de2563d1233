"""What the search looks things up in: made from the exercises (`library/indexing.py`), and can be made anew.

Words sort by their bytes ("C"), so that a beginning is a range of the key. Comparisons of keys and ranges are what
PostgreSQL does with an index behind a row-level policy; its text search operators are not.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import Word
from hep_api.library.vocabulary import BodyRegion, Difficulty, Position, Scope

BY_BYTES = Text(collation="C")


class ExerciseCard(Base):
    """What filters, facets and order need of an exercise, in a row that is short.

    `draft_of` is the author of a draft, else null. `names` holds, by language in small letters and for its own under
    "", the beginning of the folded name. `made_by` is the version of the words that the index was made with. By batch
    and slot the words name it (`ExerciseWord`).
    """

    __tablename__ = "exercise_card"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "exercise_id"], ["exercise.clinic_id", "exercise.id"], ondelete="CASCADE"),
        UniqueConstraint("clinic_id", "batch_id", "slot"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    exercise_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID]
    slot: Mapped[int] = mapped_column(SmallInteger)
    draft_of: Mapped[UUID | None]
    archived: Mapped[bool]
    scope: Mapped[Scope] = mapped_column(Word(Scope))
    names: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body_region: Mapped[BodyRegion] = mapped_column(Word(BodyRegion))
    joints: Mapped[list[str]] = mapped_column(ARRAY(Text))
    goals: Mapped[list[str]] = mapped_column(ARRAY(Text))
    position: Mapped[Position | None] = mapped_column(Word(Position))
    equipment: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sides: Mapped[int] = mapped_column(SmallInteger)
    difficulty: Mapped[Difficulty] = mapped_column(Word(Difficulty))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    made_by: Mapped[str] = mapped_column(Text)


class ExerciseWord(Base):
    """A folded word, or a whole title after "=", and which exercises of a batch have it at a place (`words.Place`).

    A batch is what was indexed in one go, and a slot the number of an exercise in it: `exercise_card` has both. A slot
    that no card has any more is of an exercise that was indexed anew, or is gone. Whose draft an exercise is, and
    whether it is archived, its card alone tells: a word counts as known only where a card says that one may see it.
    """

    __tablename__ = "exercise_word"
    __table_args__ = (
        PrimaryKeyConstraint("clinic_id", "word", "batch_id", "place"),
        Index("exercise_word_batch_idx", "clinic_id", "batch_id"),
    )

    clinic_id: Mapped[UUID]
    word: Mapped[str] = mapped_column(BY_BYTES)
    batch_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(SmallInteger)
    slots: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class WordClue(Base):
    """What leads to a word of a shelf that was not asked for as it stands: its stem in a language ("en:lung"), and
    what is left of it when a letter or two are left out.
    """

    __tablename__ = "word_clue"

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    clue: Mapped[str] = mapped_column(BY_BYTES, primary_key=True)
    word: Mapped[str] = mapped_column(BY_BYTES, primary_key=True)
