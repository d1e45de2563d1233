"""That a patient has seen what a revision changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import INSTANT


class RevisionAcknowledgement(Base):
    """The first word on it stays. It holds for every earlier revision of the plan that took effect before, too.

    `acknowledged_at` is the phone's clock, `received_at` the server's.
    """

    __tablename__ = "revision_acknowledgement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "revision_id"],
            ["plan_revision.clinic_id", "plan_revision.plan_id", "plan_revision.id"],
        ),
        ForeignKeyConstraint(["clinic_id", "acknowledged_by"], ["member.clinic_id", "member.id"]),
        Index("revision_acknowledgement_plan_idx", "clinic_id", "plan_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    acknowledged_at: Mapped[datetime] = mapped_column(INSTANT)
    received_at: Mapped[datetime] = mapped_column(INSTANT)
    acknowledged_by: Mapped[UUID]
