"""Tables of conversations. A conversation's row lock orders its messages; their numbers have no gaps."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class ConversationKind(StrEnum):
    """Who talks: the patient with the care team, or the care team among themselves about the patient."""

    CARE_TEAM = "care_team"
    STAFF = "staff"


class Conversation(Base):
    """One thread; `last_seq` is the number of its last message, 0 before the first. `active_at` sorts lists.

    `changes` counts the new messages and every change of one. What waits is the first message of the patient's that no
    staff has answered. Closed is what staff have done with until somebody writes again; ended, what takes no more.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "assigned_to"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "patient_id", "kind"),
        Index("conversation_active_idx", "clinic_id", "active_at", "id"),
        CheckConstraint(one_of_words("kind", ConversationKind), name="kind_is_known"),
        CheckConstraint("last_seq >= 0", name="last_seq_counts"),
        CheckConstraint("changes >= last_seq", name="changes_count"),
        CheckConstraint("(waiting_since IS NULL) = (waiting_seq IS NULL)", name="waiting_is_whole"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ConversationKind] = mapped_column(Word(ConversationKind))
    patient_id: Mapped[UUID]
    last_seq: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    active_at: Mapped[datetime] = mapped_column(INSTANT)
    waiting_since: Mapped[datetime | None] = mapped_column(INSTANT)
    waiting_seq: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    assigned_to: Mapped[UUID | None]
