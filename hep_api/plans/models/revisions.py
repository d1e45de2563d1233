"""What a plan prescribes. Revisions and their items are only ever added; `prescription_version` is derived from them
and rewritten at each publish.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT

Json = dict[str, Any]


class PlanRevision(Base):
    """An immutable published version of the plan's exercises; `number` counts them from 1 in order of publication.

    Of those that were published together as phases, `phase` counts from 1. The template's version, or the plan, that
    it came from is only named: what they say now may be something else.
    """

    __tablename__ = "plan_revision"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        ForeignKeyConstraint(["clinic_id", "published_by"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("clinic_id", "plan_id", "number"),
        UniqueConstraint("clinic_id", "plan_id", "id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    number: Mapped[int]
    effective_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(INSTANT)
    published_by: Mapped[UUID]
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
    phase: Mapped[int] = mapped_column(default=1)
    phase_name: Mapped[str] = mapped_column(Text, default="")
    template_id: Mapped[UUID | None]
    template_version: Mapped[int | None]
    copied_from_plan_id: Mapped[UUID | None]


class Prescription(Base):
    """One exercise in one plan, through all its revisions.

    `exercise` is the exercise as it read when it was prescribed: an edit in the library never changes a published plan.
    """

    __tablename__ = "prescription"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "plan_id"], ["plan.clinic_id", "plan.id"]),
        UniqueConstraint("clinic_id", "plan_id", "id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    exercise_id: Mapped[UUID]
    exercise: Mapped[Json] = mapped_column(JSONB)


class RevisionItem(Base):
    """What one revision says about one prescription of the same plan.

    `progression` is the rule for the next dose; a change of it alone makes no new version.
    """

    __tablename__ = "revision_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "revision_id"],
            ["plan_revision.clinic_id", "plan_revision.plan_id", "plan_revision.id"],
        ),
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
        ),
        UniqueConstraint("clinic_id", "revision_id", "prescription_id"),
        Index("revision_item_prescription_idx", "clinic_id", "prescription_id"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    prescription_id: Mapped[UUID]
    position: Mapped[int]
    dose: Mapped[Json] = mapped_column(JSONB)
    schedule: Mapped[Json] = mapped_column(JSONB)
    progression: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True), default=None)


class PrescriptionVersion(Base):
    """Derived: which version of a prescription holds over `[valid_from, valid_to)`, with its place in the plan."""

    __tablename__ = "prescription_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["clinic_id", "plan_id", "prescription_id"],
            ["prescription.clinic_id", "prescription.plan_id", "prescription.id"],
        ),
        UniqueConstraint("clinic_id", "plan_id", "prescription_id", "version", name="prescription_version_number_key"),
        CheckConstraint("valid_to > valid_from", name="is_not_empty"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID]
    prescription_id: Mapped[UUID]
    version: Mapped[int]
    position: Mapped[int]
    dose: Mapped[Json] = mapped_column(JSONB)
    schedule: Mapped[Json] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    anchor_on: Mapped[date]
