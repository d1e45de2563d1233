"""Tables of red flags: that somebody has to look at a patient at once, for which reasons, and whose turn it is."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words

OPEN = "acknowledged_at IS NULL"


class FlagState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"


class CauseKind(StrEnum):
    """What raises a flag: pain that was reported, or a phrase in a message."""

    PAIN = "pain"
    PHRASE = "phrase"


class StepKind(StrEnum):
    """What happened to a flag."""

    RAISED = "raised"
    CAUSE_ADDED = "cause_added"
    PASSED_ON = "passed_on"
    PASSED_TO_LEADERS = "passed_to_leaders"
    ACKNOWLEDGED = "acknowledged"


class RedFlag(Base):
    """An alert about a patient, open until a person acknowledges it. A patient has one open flag at most: what comes in
    meanwhile is one more cause of it.

    `held_by`: whose turn it is to look; None: nobody of the care team's, so that the clinic's leaders are told.
    `passes` counts how often the turn has passed on, `round` how often it has gone all the way round.
    """

    # No key on the patient: a flag is raised under the lock of the conversation, and whoever holds the patient's row
    # to erase it waits for that one. The conversation's key leads to the patient.
    __tablename__ = "red_flag"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "held_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "acknowledged_by"], ["member.clinic_id", "member.id"]),
        Index("red_flag_open_key", "clinic_id", "patient_id", unique=True, postgresql_where=text(OPEN)),
        Index("red_flag_due_idx", "clinic_id", "passes_on_at", postgresql_where=text(OPEN)),
        Index("red_flag_raised_idx", "clinic_id", "raised_at", "id"),
        Index("red_flag_patient_idx", "clinic_id", "patient_id", "raised_at"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by_somebody"),
        CheckConstraint("acknowledged_at IS NOT NULL OR note IS NULL", name="note_is_of_acknowledging"),
        CheckConstraint("causes > 0 AND steps > 0 AND passes >= 0 AND round > 0", name="counts"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    raised_at: Mapped[datetime] = mapped_column(INSTANT)
    causes: Mapped[int]
    steps: Mapped[int]
    passes: Mapped[int]
    round: Mapped[int]
    held_by: Mapped[UUID | None]
    held_since: Mapped[datetime] = mapped_column(INSTANT)
    passes_on_at: Mapped[datetime] = mapped_column(INSTANT)
    leaders_told_at: Mapped[datetime | None] = mapped_column(INSTANT)
    acknowledged_by: Mapped[UUID | None] = mapped_column(default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    note: Mapped[str | None] = mapped_column(Text, default=None)


class RedFlagCause(Base):
    """One reason for a flag: an entry of the patient's with pain, or a message with a phrase of the clinic's list.

    An entry raises a flag once, however often it is corrected; a message once for each phrase.
    """

    __tablename__ = "red_flag_cause"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "flag_id"], ["red_flag.clinic_id", "red_flag.id"]),
        Index(
            "red_flag_cause_entry_key",
            "clinic_id",
            "patient_id",
            "entry_id",
            unique=True,
            postgresql_where=text("kind = 'pain'"),
        ),
        Index(
            "red_flag_cause_phrase_key",
            "clinic_id",
            "conversation_id",
            "seq",
            "phrase",
            unique=True,
            postgresql_where=text("kind = 'phrase'"),
        ),
        CheckConstraint(one_of_words("kind", CauseKind), name="kind_is_known"),
        CheckConstraint("pain BETWEEN 0 AND 10", name="pain_is_rating"),
        CheckConstraint(
            "(kind = 'pain') = (event_id IS NOT NULL AND entry_id IS NOT NULL AND pain IS NOT NULL)",
            name="pain_is_whole",
        ),
        CheckConstraint(
            "(kind = 'phrase') = (conversation_id IS NOT NULL AND seq IS NOT NULL AND phrase IS NOT NULL)",
            name="phrase_is_whole",
        ),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    flag_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    patient_id: Mapped[UUID]
    kind: Mapped[CauseKind] = mapped_column(Word(CauseKind))
    noticed_at: Mapped[datetime] = mapped_column(INSTANT)
    event_id: Mapped[UUID | None]
    entry_id: Mapped[UUID | None]
    prescription_id: Mapped[UUID | None]
    performed_on: Mapped[date | None]
    pain: Mapped[int | None] = mapped_column(SmallInteger)
    conversation_id: Mapped[UUID | None]
    seq: Mapped[int | None]
    phrase: Mapped[str | None] = mapped_column(Text)


class RedFlagStep(Base):
    """What happened to a flag, numbered from 1, only ever added. `member_id`: whose turn it became, or who did it."""

    __tablename__ = "red_flag_step"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "flag_id"], ["red_flag.clinic_id", "red_flag.id"]),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint(one_of_words("kind", StepKind), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    flag_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    patient_id: Mapped[UUID]
    kind: Mapped[StepKind] = mapped_column(Word(StepKind))
    at: Mapped[datetime] = mapped_column(INSTANT)
    round: Mapped[int]
    member_id: Mapped[UUID | None]
