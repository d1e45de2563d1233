"""A plan, its pauses and its ends. What was said is only ever added to, so that any measure can be asked as it was
known on an earlier day.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, column_property, mapped_column

from hep_api.clinics.models import Clinic
from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words
from hep_api.plans.models.goals import GoalState, PlanGoal

Json = dict[str, Any]


class DischargeReason(StrEnum):
    """Why a plan was ended."""

    GOALS_MET = "goals_met"
    TRANSITIONED_TO_INDEPENDENT = "transitioned_to_independent"
    PLATEAU = "plateau"
    REFERRED_ON = "referred_on"
    SELF_DISCHARGED = "self_discharged"
    LOST_TO_FOLLOW_UP = "lost_to_follow_up"
    OTHER = "other"


class Plan(Base):
    """One episode of care over the patient-local dates `[starts_on, ends_on)`. Its row lock orders every change of it.

    `ends_on` and `discharge_reason` repeat the newest `PlanEnd`, for reading; `version` grows with each change.
    """

    __tablename__ = "plan"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "started_by"], ["member.clinic_id", "member.id"]),
        Index("plan_patient_idx", "clinic_id", "patient_id", "started_at", "id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("(ends_on IS NULL) = (discharge_reason IS NULL)", name="end_has_reason"),
        CheckConstraint(one_of_words("discharge_reason", DischargeReason), name="discharge_reason_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(Text)
    own_why: Mapped[str] = mapped_column(Text)
    values_and_preferences: Mapped[str] = mapped_column(Text, default="")
    visits_prescribed: Mapped[int | None]
    starts_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    discharge_reason: Mapped[DischargeReason | None] = mapped_column(Word(DischargeReason), default=None)
    last_revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(INSTANT)
    started_by: Mapped[UUID]
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)

    # Read from where they are kept, in the statement that reads the plan; never written here.
    goals: ClassVar[Mapped[list[str]]]
    exercises_readable_until: ClassVar[Mapped[date | None]]

    @property
    def status(self) -> str:
        """Return whether an end has been set; `ends_on` says from which date it holds."""
        return "open" if self.ends_on is None else "ended"


class PlanPause(Base):
    """One word on a pause `[from_on, to_on)`. A change or a withdrawal adds a row and marks the older as replaced."""

    __tablename__ = "plan_pause"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "recorded_by"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "plan_id", "pause_id", "change"),
        Index(
            "plan_pause_present_key",
            "clinic_id",
            "plan_id",
            "pause_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        CheckConstraint("to_on > from_on", name="is_not_empty"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    pause_id: Mapped[UUID]
    change: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(INSTANT)
    recorded_by: Mapped[UUID]
    replaced_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)


class PlanEnd(Base):
    """One word on a plan's end; the highest `change` holds, the older ones tell what was known before."""

    __tablename__ = "plan_end"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "recorded_by"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "plan_id", "change"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    change: Mapped[int]
    ends_on: Mapped[date]
    discharge_reason: Mapped[DischargeReason] = mapped_column(Word(DischargeReason))
    reason: Mapped[str | None] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(INSTANT)
    recorded_by: Mapped[UUID]


Plan.goals = column_property(
    select(func.coalesce(func.jsonb_agg(aggregate_order_by(PlanGoal.text, PlanGoal.position)), text("'[]'::jsonb")))
    .where(PlanGoal.clinic_id == Plan.clinic_id, PlanGoal.plan_id == Plan.id, PlanGoal.state != GoalState.WITHDRAWN)
    .correlate_except(PlanGoal)
    .scalar_subquery(),
    expire_on_flush=False,
)
# Half open like every stretch: on this date the patient no longer reads them.
Plan.exercises_readable_until = column_property(
    Plan.ends_on
    + select(Clinic.ended_plan_readable_days)
    .where(Clinic.id == Plan.clinic_id)
    .correlate_except(Clinic)
    .scalar_subquery(),
    expire_on_flush=False,
)
