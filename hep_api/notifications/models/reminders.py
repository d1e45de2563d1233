"""Tables of reminders: what patient and clinic wish, when to look at a patient next, and what was reminded of."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.notifications.kinds import NoticeKind

USUAL_NUDGE = time(20)


class ReminderState(StrEnum):
    """What became of a moment at which there was something to remind of.

    `told`: it was on its way to the patient; `unreached`: nothing could reach them, or they want none of it; `passed`:
    nobody was at work until it was too late.
    """

    TOLD = "told"
    UNREACHED = "unreached"
    PASSED = "passed"


class ReminderDefault(Base):
    """What a clinic lets patients be reminded of who have settled nothing themselves. It has the clinic's version."""

    __tablename__ = "reminder_default"

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    times: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    nudge: Mapped[bool] = mapped_column(default=True)
    nudge_at: Mapped[time] = mapped_column(default=USUAL_NUDGE)


class ReminderSetting(Base):
    """What a patient has settled; what is None goes by the clinic. Times are as `ReminderTime.to_json` makes them.

    `dismissed`: suggested times that the patient did not want, {"at": .., "on": ..}; they leave the version as it is.
    """

    __tablename__ = "reminder_setting"
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_on: Mapped[bool | None]
    times: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    nudge: Mapped[bool | None]
    nudge_at: Mapped[time | None]
    dismissed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(INSTANT)


class ReminderOutlook(Base):
    """Up to which instant a patient's moments are settled, and when to look again; None: not until something changes.

    The patient is in `zone` since `zone_since`; what came until then and is not settled yet came in `zone_before`.
    """

    __tablename__ = "reminder_outlook"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        Index("reminder_outlook_look_idx", "clinic_id", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    look_at: Mapped[datetime | None] = mapped_column(INSTANT)
    settled_at: Mapped[datetime] = mapped_column(INSTANT)
    zone: Mapped[str] = mapped_column(Text)
    zone_since: Mapped[datetime] = mapped_column(INSTANT)
    zone_before: Mapped[str | None] = mapped_column(Text)


class Reminder(Base):
    """One moment at which there was something to remind of: once for each patient, kind, day and wall time."""

    __tablename__ = "reminder"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        UniqueConstraint("clinic_id", "patient_id", "due_on", "at", "kind", name="reminder_once_key"),
        Index("reminder_due_at_idx", "clinic_id", "due_at"),
        CheckConstraint("kind IN ('reminder', 'second_nudge')", name="kind_is_known"),
        CheckConstraint(one_of_words("state", ReminderState), name="state_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    due_on: Mapped[date]
    at: Mapped[time]
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    zone: Mapped[str] = mapped_column(Text)
    state: Mapped[ReminderState] = mapped_column(Word(ReminderState))
    settled_at: Mapped[datetime] = mapped_column(INSTANT)
