"""A patient's weeks, summed over all their prescriptions: what the figures of groups are made of.

Made of `prescription_day` alone. Without foreign keys, as the events.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Integer, Numeric, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class PatientWeek(Base):
    """Derived: one patient from one Monday to Sunday, for each week that has a day in `prescription_day`.

    Lists of seven are running totals from Monday to Sunday, so that any part of the week is a difference of two and the
    last is the week's; exact sums share a denominator. `.._days` are seven bits, Monday's the lowest: something was due
    by a schedule, one of it was completed, all of it was; anything was reported, pain was, effort was. Of pain and
    effort `doubled` sums twice the day's median, which is always whole, and `moments` that times the day, 0 to 6.
    Skipped occurrences stand in the order of their days, also 0 to 6, with their reasons.
    """

    __tablename__ = "patient_week"
    __table_args__ = (Index("patient_week_group_idx", "clinic_id", "monday"),)

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    monday: Mapped[date] = mapped_column(primary_key=True)
    expected: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    done: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    extra: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    credited_numerators: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric))
    credited_denominator: Mapped[Decimal] = mapped_column(Numeric)
    volume_numerators: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric))
    volume_denominator: Mapped[Decimal] = mapped_column(Numeric)
    due_days: Mapped[int] = mapped_column(SmallInteger)
    active_days: Mapped[int] = mapped_column(SmallInteger)
    full_days: Mapped[int] = mapped_column(SmallInteger)
    reported_days: Mapped[int] = mapped_column(SmallInteger)
    skip_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    skip_reasons: Mapped[list[str | None]] = mapped_column(ARRAY(Text))
    pain_days: Mapped[int] = mapped_column(SmallInteger)
    pain_doubled: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    pain_moments: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    effort_days: Mapped[int] = mapped_column(SmallInteger)
    effort_doubled: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    effort_moments: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
