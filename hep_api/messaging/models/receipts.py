"""Tables of receipts: how far each participant has got. They only go up, and never past the last message."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class Receipt(Base):
    """How far a participant's phone has got, and how far the participant has read: highest seq each, never less."""

    __tablename__ = "receipt"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        CheckConstraint("0 <= read_seq AND read_seq <= delivered_seq", name="read_is_delivered"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivered_seq: Mapped[int]
    read_seq: Mapped[int]
