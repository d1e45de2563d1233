"""Tables of mail: what waits to be told in the next one, and who wants a digest when."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.notifications.kinds import NoticeKind


class MailNotice(Base):
    """Something that a member is told of in the next mail; it goes when that is sent."""

    __tablename__ = "mail_notice"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint(one_of_words("kind", NoticeKind), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime] = mapped_column(INSTANT)


class MailDigest(Base):
    """When somebody of the staff gets the numbers of the day: at a time of theirs, `next_at` the next instant of it.

    Without `at` not at all. `sent_on` is the last local date of theirs that was seen to, whether or not there was
    anything to say: its row lock lets one worker see to a date, and no date is seen to twice.
    """

    __tablename__ = "mail_digest"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        Index("mail_digest_due_idx", "clinic_id", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        CheckConstraint("(at IS NULL) = (next_at IS NULL)", name="has_a_next_time"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[time | None]
    next_at: Mapped[datetime | None] = mapped_column(INSTANT)
    sent_on: Mapped[date | None] = mapped_column(default=None)
