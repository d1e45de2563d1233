"""What a plan is for: its goals, in words or to be measured, and what was measured on the way."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class GoalState(StrEnum):
    """How far a goal has come. One that is open when its plan ends was not reached."""

    OPEN = "open"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    WITHDRAWN = "withdrawn"


class PlanGoal(Base):
    """A goal of a plan. One with a `measure` has a target; up or down is told by where it starts from.

    `outcome_*` say on which day, with which value, why and by whom it was settled; all empty while it is open.
    """

    __tablename__ = "plan_goal"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "created_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "outcome_by"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "plan_id", "id"),
        UniqueConstraint("clinic_id", "plan_id", "position"),
        CheckConstraint(one_of_words("state", GoalState), name="state_is_known"),
        CheckConstraint("(measure IS NULL) = (target_value IS NULL)", name="measure_has_target"),
        CheckConstraint("measure IS NOT NULL OR (unit IS NULL AND start_value IS NULL)", name="unit_has_measure"),
        CheckConstraint("start_value <> target_value", name="target_differs_from_start"),
        CheckConstraint("(state = 'open') = (outcome_on IS NULL)", name="outcome_has_date"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    start_value: Mapped[float | None] = mapped_column(Double)
    target_value: Mapped[float | None] = mapped_column(Double)
    target_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    created_by: Mapped[UUID]
    state: Mapped[GoalState] = mapped_column(Word(GoalState), default=GoalState.OPEN)
    outcome_on: Mapped[date | None] = mapped_column(default=None)
    outcome_value: Mapped[float | None] = mapped_column(Double, default=None)
    outcome_note: Mapped[str | None] = mapped_column(Text, default=None)
    outcome_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    outcome_by: Mapped[UUID | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)


class GoalValue(Base):
    """What was measured for a goal on a day. Only ever added: of one day, the value recorded last counts."""

    __tablename__ = "goal_value"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "goal_id"], ["plan_goal.clinic_id", "plan_goal.plan_id", "plan_goal.id"]
        ),
        ForeignKeyConstraint(["clinic_id", "recorded_by"], ["member.clinic_id", "member.id"]),
        Index("goal_value_goal_idx", "clinic_id", "goal_id", "measured_on", "recorded_at"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    goal_id: Mapped[UUID]
    value: Mapped[float] = mapped_column(Double)
    measured_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(INSTANT)
    recorded_by: Mapped[UUID]
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
