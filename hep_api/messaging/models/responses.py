"""Tables of the clock of answers: what the clinic took to answer, and when somebody was last told that it is closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class Response(Base):
    """An answer: from the patient's first unanswered message to the staff's first word after it.

    `open_seconds` are those in which the clinic was open, by the hours that held then; `within`: no more than it had
    promised then.
    """

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "answered_by"], ["member.clinic_id", "member.id"]),
        Index("response_opened_idx", "clinic_id", "opened_at"),
        CheckConstraint("0 < opened_seq AND opened_seq < answered_seq", name="answer_comes_after"),
        CheckConstraint("open_seconds >= 0", name="seconds_count"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    patient_id: Mapped[UUID]
    opened_at: Mapped[datetime] = mapped_column(INSTANT)
    answered_seq: Mapped[int]
    answered_at: Mapped[datetime] = mapped_column(INSTANT)
    answered_by: Mapped[UUID]
    open_seconds: Mapped[int]
    promise_hours: Mapped[int]
    within: Mapped[bool]


class ClosedNotice(Base):
    """When a conversation was last told that the clinic is closed: once in each time of being closed."""

    __tablename__ = "closed_notice"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(INSTANT)
