"""Suggestions of a next dose, kept with the evidence they rest on."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class SuggestionState(StrEnum):
    """`outdated`: the exercise has another version, the plan ended, or the rule is no longer met."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    OUTDATED = "outdated"


class DoseSuggestion(Base):
    """That the rule for a prescription's next dose was met, with the evidence at that time; one is open at a time.

    `revision_number` is that of the revision which accepting it published.
    """

    __tablename__ = "dose_suggestion"
    __table_args__ = (
        Index(
            "dose_suggestion_open_key",
            "clinic_id",
            "prescription_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("dose_suggestion_patient_idx", "clinic_id", "patient_id", "suggested_at"),
        CheckConstraint(one_of_words("state", SuggestionState), name="state_is_known"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_has_instant"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    prescription_id: Mapped[UUID]
    version: Mapped[int]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[SuggestionState] = mapped_column(Word(SuggestionState), default=SuggestionState.OPEN)
    suggested_at: Mapped[datetime] = mapped_column(INSTANT)
    settled_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    settled_by: Mapped[UUID | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    revision_number: Mapped[int | None] = mapped_column(default=None)
