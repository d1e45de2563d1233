"""What is counted from events and plans, day by day; it can be made anew at any time.

Without foreign keys, as the events.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class PrescriptionDay(Base):
    """Derived: one prescription on one local day, as `counting.DayCount` has it; days without anything have no row.

    `credited` and `volume` are exact: a numerator and a denominator, which outgrow a bigint in odd mixes of doses.
    """

    __tablename__ = "prescription_day"
    __table_args__ = (
        Index(
            "prescription_day_group_idx",
            "clinic_id",
            "day",
            "patient_id",
            postgresql_include=["expected", "done", "entries"],
        ),
        Index("prescription_day_patient_idx", "clinic_id", "patient_id", "day", "prescription_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    prescription_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    version: Mapped[int | None]
    expected: Mapped[int]
    completed: Mapped[int]
    done: Mapped[int]
    partial: Mapped[int]
    skip_reasons: Mapped[list[str | None]] = mapped_column(ARRAY(Text))
    credited_numerator: Mapped[Decimal] = mapped_column(Numeric)
    credited_denominator: Mapped[Decimal] = mapped_column(Numeric)
    volume_numerator: Mapped[Decimal] = mapped_column(Numeric)
    volume_denominator: Mapped[Decimal] = mapped_column(Numeric)
    due: Mapped[bool]
    as_needed_doings: Mapped[int]
    over_maximum: Mapped[bool]
    entries: Mapped[int]
    pains: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    efforts: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class CountedPlan(Base):
    """Derived: up to which local day, included, a plan's expectation stands in `prescription_day`."""

    __tablename__ = "counted_plan"
    __table_args__ = (Index("counted_plan_until_idx", "clinic_id", "counted_until"),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    counted_until: Mapped[date]
