"""Tables of telling: what somebody was last told of a thing, what waits for the end of their quiet, and how often they
were told on a day.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.notifications.kinds import NoticeKind


class NoticeOutcome(StrEnum):
    """What became of a notice. `held`: it waits for the end of quiet hours; `capped`: it was one too many that day."""

    PUSHED = "pushed"
    MAILED = "mailed"
    BOTH = "both"
    HELD = "held"
    CAPPED = "capped"


class NoticeTold(Base):
    """The last notice of a kind to a member about one thing; `number` is how far it went: the message's, the flag's
    passing. It holds ids only.
    """

    __tablename__ = "notice_told"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        Index("notice_told_at_idx", "clinic_id", "told_at"),
        CheckConstraint(one_of_words("kind", NoticeKind), name="kind_is_known"),
        CheckConstraint(one_of_words("outcome", NoticeOutcome), name="outcome_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    outcome: Mapped[NoticeOutcome] = mapped_column(Word(NoticeOutcome))
    told_at: Mapped[datetime] = mapped_column(INSTANT)


class NoticeHeld(Base):
    """A notice that came in somebody's quiet hours: told once at their end, if it is still true then."""

    __tablename__ = "notice_held"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        Index("notice_held_due_idx", "clinic_id", "due_at"),
        CheckConstraint(one_of_words("kind", NoticeKind), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(INSTANT)


class NoticeDay(Base):
    """How often a member was told by push on a day of their own, and how often not, as `most` were told already.

    `last_told`: whether the last one was told, by which the statement that counts says so.
    """

    __tablename__ = "notice_day"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint("told >= 0 AND capped >= 0", name="counts"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    told: Mapped[int] = mapped_column(SmallInteger)
    capped: Mapped[int] = mapped_column(SmallInteger)
    most: Mapped[int] = mapped_column(SmallInteger)
    last_told: Mapped[bool]
