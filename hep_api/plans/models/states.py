"""The state of all that a patient's phone shows of plans, so that it can ask cheaply whether anything changed."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class PlanState(Base):
    """One row a patient. `state` is drawn anew with each change, never counted: a restored backup would count again."""

    __tablename__ = "plan_state"
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[UUID]
