"""The table of the audit. Rows are written by the database's function `append_audit` and by nothing else: it numbers
them, dates them and chains them. The app's role may read them and call the function; it can change nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words

PATIENT = "patient"
# What stands behind the name of something done among staff.
AMONG_STAFF = ".among_staff"
# What a patient reads in its place: whoever talks about them reads messages, as staff do every day.
LOOKED = "list_messages"


class Outcome(StrEnum):
    """What came of it: it was done; it was refused to somebody known; somebody could not prove who they are."""

    ALLOWED = "allowed"
    DENIED = "denied"
    FAILED = "failed"


class AuditEntry(Base):
    """One thing that somebody did, tried, or read. `clinic_id` is the nil id for what concerns no clinic.

    `seq` counts 1, 2, 3, ... in each clinic without gaps, in the order of the commits, and `at` never runs back in it.
    `patient_id` is whom it is about, `subject` further ids and fixed words: never a name, a reason, or what was said.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(
            "audit_entry_patient_idx", "clinic_id", "patient_id", "at", postgresql_where=text("patient_id IS NOT NULL")
        ),
        Index("audit_entry_at_idx", "clinic_id", "at", "seq"),
        CheckConstraint(one_of_words("outcome", Outcome), name="outcome_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(INSTANT)
    action: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    account_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    role: Mapped[str | None] = mapped_column(Text)
    sign_in_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None]
    subject: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    emergency_access_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[UUID | None]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
