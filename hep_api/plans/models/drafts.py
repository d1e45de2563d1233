"""What is being prepared for a plan and not published: the care team's, never the patient's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT


class PlanDraft(Base):
    """The one draft of a plan. `id` is drawn anew for each, so that the ETag of one that is gone fits no later one.

    `content`: {"phases": [{"name", "from_day", "note", "items": [{"exercise_id" or "prescription_id", "dose",
    "schedule", "progression", "course"}]}]}, as in course.py. `based_on` is the number of the revision that its writer
    had before them, or 0.
    """

    __tablename__ = "plan_draft"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "changed_by"], ["member.clinic_id", "member.id"]),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    based_on: Mapped[int]
    template_id: Mapped[UUID | None]
    template_version: Mapped[int | None]
    copied_from_plan_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(INSTANT)
    changed_by: Mapped[UUID]
