"""Progress reports as they were issued. A row is added once and stays as it is until its patient is erased."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.integrations.languages import Language


class Audience(StrEnum):
    """For whom a report is written."""

    PATIENT = "patient"
    DOCTOR = "doctor"


class ProgressReport(Base):
    """One issued report: its content as JSON text, the page that shows it, and the digests of both.

    `pdf` is made from the page when it is first asked for, and then stays too. `recipient` is "" for a patient's.
    """

    __tablename__ = "progress_report"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "issued_by"], ["member.clinic_id", "member.id"]),
        Index("progress_report_plan_idx", "clinic_id", "plan_id", "issued_at", "id"),
        Index("progress_report_patient_idx", "clinic_id", "patient_id"),
        CheckConstraint(one_of_words("audience", Audience), name="audience_is_known"),
        CheckConstraint(one_of_words("language", Language), name="language_is_known"),
        CheckConstraint("(pdf IS NULL) = (pdf_digest IS NULL)", name="pdf_has_digest"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    audience: Mapped[Audience] = mapped_column(Word(Audience))
    language: Mapped[Language] = mapped_column(Word(Language))
    recipient: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    to_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(INSTANT)
    issued_by: Mapped[UUID]
    content: Mapped[str] = mapped_column(Text, deferred=True)
    content_digest: Mapped[bytes] = mapped_column(LargeBinary)
    page: Mapped[str] = mapped_column(Text, deferred=True)
    page_digest: Mapped[bytes] = mapped_column(LargeBinary)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)
    pdf_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
