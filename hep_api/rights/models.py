"""Tables of the rights of a person: exports that were asked for, erasures and how they were decided, holds.

What was erased keeps its row here, by ids and instants; the words that people wrote go with the patient.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class PatientExport(Base):
    """One export of a patient's data, for the member who asked. Its file is there from `ready_at` to `removed_at`.

    `job_id` is the job that builds it; a job that was given up is how an export fails.
    """

    __tablename__ = "patient_export"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "asked_by"], ["member.clinic_id", "member.id"]),
        Index(
            "patient_export_waiting_key",
            "clinic_id",
            "patient_id",
            "asked_by",
            unique=True,
            postgresql_where=text("ready_at IS NULL AND removed_at IS NULL"),
        ),
        Index("patient_export_ready_idx", "clinic_id", "ready_at", postgresql_where=text("removed_at IS NULL")),
        CheckConstraint("(ready_at IS NULL) = (sha256 IS NULL)", name="ready_has_digest"),
        CheckConstraint("(ready_at IS NULL) = (size_bytes IS NULL)", name="ready_has_size"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    job_id: Mapped[UUID | None]
    ready_at: Mapped[datetime | None] = mapped_column(INSTANT)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(INSTANT)


class ErasureStatus(StrEnum):
    """What has become of a wish to be erased."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    CARRIED_OUT = "carried_out"


# One that is neither refused nor done; a patient has one at most.
OPEN = (ErasureStatus.ASKED, ErasureStatus.APPROVED)


class Erasure(Base):
    """One wish that a patient be erased. Without `asked_by` the clinic's time for keeping records had run out."""

    __tablename__ = "erasure"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "asked_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "decided_by"], ["member.clinic_id", "member.id"]),
        Index(
            "erasure_open_key",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'approved')"),
        ),
        Index("erasure_asked_idx", "clinic_id", "asked_at", "id"),
        CheckConstraint(one_of_words("status", ErasureStatus), name="status_is_known"),
        CheckConstraint("(status = 'carried_out') = (carried_out_at IS NOT NULL)", name="carried_out_has_instant"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    status: Mapped[ErasureStatus] = mapped_column(Word(ErasureStatus), default=ErasureStatus.ASKED)
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(INSTANT)
    words: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    refusal_reason: Mapped[str | None] = mapped_column(Text)
    carried_out_at: Mapped[datetime | None] = mapped_column(INSTANT)


class RetentionHold(Base):
    """Why a patient's record must be kept for now, whoever wishes it erased; up to and including `held_until`."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "set_by"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    held_until: Mapped[date]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime] = mapped_column(INSTANT)
