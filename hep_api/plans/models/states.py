"""The state of all that a patient's phone shows of plans, so that it can ask cheaply whether anything changed."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class PlanState(Base):
    """One row a patient. `state` is drawn anew with each change, never counted: a restored backup would count again.

    `changes` counts them all the same, to number what changed; `epoch` is drawn anew after a restore, so that numbers
    from before it are not taken for these.
    """

    __tablename__ = "plan_state"
    __table_args__ = (ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[UUID]
    changes: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
