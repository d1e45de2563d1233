"""What single members have to do with exercises."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class MemberExercise(Base):
    """A member's favourite, or what they have prescribed. The exercise may stand on the starter shelf: no key to it."""

    __tablename__ = "member_exercise"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"], ondelete="CASCADE"),
        CheckConstraint("num_nonnulls(favourite_since, last_used_at) > 0", name="says_something"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    exercise_id: Mapped[UUID] = mapped_column(primary_key=True)
    favourite_since: Mapped[datetime | None] = mapped_column(INSTANT)
    last_used_at: Mapped[datetime | None] = mapped_column(INSTANT)
