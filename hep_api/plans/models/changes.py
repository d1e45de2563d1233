"""What of a patient's plans changed last and in which order, so that a phone asks on from where it stood.

One row for each thing that phones show, with the number of its newest change: the table does not grow with edits.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import Word, one_of_words


class Shown(StrEnum):
    """The kinds of things of a plan that a phone keeps, each under an id of its own."""

    PLAN = "plan"
    REVISION = "revision"
    PAUSE = "pause"
    GOAL = "goal"
    ACKNOWLEDGEMENT = "acknowledgement"


class NumberedChange(Base):
    """The newest change of one thing. `number` comes from the patient's counter, under the lock of the patient's row:
    numbers rise in the order of commits, so what is below one that was seen cannot appear later.
    """

    __tablename__ = "plan_change"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        Index("plan_change_number_key", "clinic_id", "patient_id", "number", unique=True),
        Index("plan_change_plan_idx", "clinic_id", "plan_id"),
        CheckConstraint(one_of_words("kind", Shown), name="kind_is_known"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Shown] = mapped_column(Word(Shown), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(BigInteger)
