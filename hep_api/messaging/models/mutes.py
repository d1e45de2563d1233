"""Tables of mutes: who wants to hear nothing of a conversation, and until when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class Mute(Base):
    """A participant wants no sound of a conversation; without `until`, for good."""

    __tablename__ = "conversation_mute"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime | None] = mapped_column(INSTANT)
