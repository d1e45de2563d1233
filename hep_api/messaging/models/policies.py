"""Tables of what a clinic has settled about messages. Their version is the clinic's."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import Word, one_of_words


class AfterPlanEnd(StrEnum):
    """What becomes of a conversation when the patient's last plan has ended."""

    OPEN = "open"
    CLOSED = "closed"


class MessagingPolicy(Base):
    """A clinic's settings of messages; without a row all of them are as here. `opening_hours` None: around the clock.

    Texts are kept by language; for one that the clinic has not written the product has its own.
    """

    __tablename__ = "messaging_policy"
    __table_args__ = (
        CheckConstraint("red_flag_pain BETWEEN 0 AND 10", name="red_flag_pain_is_rating"),
        CheckConstraint("card_on_pain BETWEEN 0 AND 10", name="card_on_pain_is_rating"),
        CheckConstraint("escalate_after_minutes BETWEEN 1 AND 1440", name="escalation_within_a_day"),
        CheckConstraint(one_of_words("after_plan_end", AfterPlanEnd), name="after_plan_end_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    opening_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    holidays: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    out_of_hours_text: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    emergency_text: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    emergency_line: Mapped[str | None] = mapped_column(Text, default=None)
    red_flag_pain: Mapped[int | None] = mapped_column(default=8)
    red_flag_phrases: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    red_flag_shipped_phrases: Mapped[bool] = mapped_column(default=True)
    escalate_after_minutes: Mapped[int] = mapped_column(default=15)
    card_on_pain: Mapped[int | None] = mapped_column(default=7)
    card_on_unclear: Mapped[bool] = mapped_column(default=True)
    after_plan_end: Mapped[AfterPlanEnd] = mapped_column(Word(AfterPlanEnd), default=AfterPlanEnd.OPEN)


class LocationHours(Base):
    """A location's own opening hours, in place of the clinic's; `zone` and `holidays` None are the clinic's."""

    __tablename__ = "location_hours"
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "location_id"], ["location.clinic_id", "location.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID] = mapped_column(primary_key=True)
    opening_hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    holidays: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    zone: Mapped[str | None] = mapped_column(Text, default=None)
