"""Events, as reported: only ever added.

Without foreign keys: they cost an upload 70 % more, and its action checks every id under the patient's row lock.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.adherence.entries import EventKind, SkipReason
from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words


class Source(StrEnum):
    """Who or what reported; the sign-in decides which of these may be said."""

    PATIENT = "patient"
    CARER = "carer"
    PRACTITIONER = "practitioner"
    DEVICE = "device"
    PAPER = "paper"


class Difficulty(StrEnum):
    TOO_EASY = "too_easy"
    RIGHT = "right"
    TOO_HARD = "too_hard"


class AdherenceEvent(Base):
    """One immutable fact. Its id is the phone's and belongs to the patient: under another patient it is another event.

    `seq` numbers a patient's events in the order of their commits, for pulls that skip nothing. `target` is dose,
    schedule and exercise as the named version had them. `digest` tells a repeat from a conflict.
    """

    __tablename__ = "adherence_event"
    __table_args__ = (
        Index("adherence_event_seq_key", "clinic_id", "patient_id", "seq", unique=True),
        Index(
            "adherence_event_correction_idx",
            "clinic_id",
            "patient_id",
            "entry_id",
            postgresql_where=text("revision > 0"),
        ),
        Index("adherence_event_day_idx", "clinic_id", "patient_id", "performed_on", "prescription_id"),
        CheckConstraint(one_of_words("kind", EventKind), name="kind_is_known"),
        CheckConstraint(one_of_words("difficulty", Difficulty), name="difficulty_is_known"),
        CheckConstraint(one_of_words("skip_reason", SkipReason), name="skip_reason_is_known"),
        CheckConstraint(one_of_words("source", Source), name="source_is_known"),
        CheckConstraint("(id = entry_id) = (revision = 0)", name="first_has_revision_0"),
        CheckConstraint("pain BETWEEN 0 AND 10 AND effort BETWEEN 0 AND 10", name="ratings_in_range"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[UUID]
    revision: Mapped[int]
    plan_id: Mapped[UUID]
    prescription_id: Mapped[UUID]
    version: Mapped[int]
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    slot: Mapped[int | None] = mapped_column(SmallInteger)
    performed_at: Mapped[datetime] = mapped_column(INSTANT)
    performed_offset_seconds: Mapped[int]
    zone: Mapped[str] = mapped_column(Text)
    performed_on: Mapped[date]
    sets: Mapped[int | None]
    reps: Mapped[int | None]
    seconds: Mapped[int | None]
    sides: Mapped[int | None] = mapped_column(SmallInteger)
    load: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    pain: Mapped[int | None] = mapped_column(SmallInteger)
    effort: Mapped[int | None] = mapped_column(SmallInteger)
    difficulty: Mapped[Difficulty | None] = mapped_column(Word(Difficulty))
    comment: Mapped[str | None] = mapped_column(Text)
    skip_reason: Mapped[SkipReason | None] = mapped_column(Word(SkipReason))
    reason: Mapped[str | None] = mapped_column(Text)
    target: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(INSTANT)
    recorded_by: Mapped[UUID]
    source: Mapped[Source] = mapped_column(Word(Source))
    late: Mapped[bool]
    batched: Mapped[bool]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
