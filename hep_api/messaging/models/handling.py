"""Tables of how staff deal with conversations: what was done about one, by whom and when. Rows are only added."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class HandlingChange(StrEnum):
    """What becomes of a conversation apart from what is said in it."""

    ASSIGNED = "assigned"
    CLOSED = "closed"
    REOPENED = "reopened"
    ENDED = "ended"
    RESUMED = "resumed"


class Handling(Base):
    """One thing that was done about a conversation; without `changed_by` the product did it.

    `assigned_to` stands with what was assigned: whose it is from then on, None for nobody's by name.
    """

    __tablename__ = "conversation_handling"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "conversation_id"], ["conversation.clinic_id", "conversation.id"]),
        ForeignKeyConstraint(["clinic_id", "changed_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "assigned_to"], ["member.clinic_id", "member.id"]),
        Index("conversation_handling_of_idx", "clinic_id", "conversation_id", "changed_at", "id"),
        CheckConstraint(one_of_words("change", HandlingChange), name="change_is_known"),
        CheckConstraint("assigned_to IS NULL OR change = 'assigned'", name="assigned_to_somebody"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID]
    change: Mapped[HandlingChange] = mapped_column(Word(HandlingChange))
    changed_at: Mapped[datetime] = mapped_column(INSTANT)
    changed_by: Mapped[UUID | None] = mapped_column(default=None)
    assigned_to: Mapped[UUID | None] = mapped_column(default=None)
