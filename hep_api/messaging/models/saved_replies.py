"""Tables of saved replies: texts that staff send again and again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT


class SavedReply(Base):
    """A text with placeholders (`placeholders`); without an owner it is the clinic's. `version` grows with changes."""

    __tablename__ = "saved_reply"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "owner_id"], ["member.clinic_id", "member.id"]),
        Index("saved_reply_title_idx", "clinic_id", "title", "id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
