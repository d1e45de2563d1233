"""Tables of the tenant. Every key of tenant data begins with `clinic_id`, so that an id of another clinic can neither
match nor collide.
"""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.accounts.viewer import Role
from hep_api.clinics.names import folded
from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words, primary_id


class MemberStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class StaffRole(StrEnum):
    """The roles of a clinic's staff."""

    PRACTITIONER = Role.PRACTITIONER.value
    MANAGER = Role.MANAGER.value
    OWNER = Role.OWNER.value


def _folded_name(context: Any) -> str:
    return folded(context.get_current_parameters()["name"])


class Clinic(Base):
    """The tenant: one organization and its policies. `version` grows with each change of its settings."""

    __tablename__ = "clinic"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint(
            "0 <= watch_from AND watch_from <= on_track_from AND on_track_from <= 1", name="bands_in_order"
        ),
        CheckConstraint("events_accepted_days_back BETWEEN 1 AND 365", name="days_back_in_range"),
        CheckConstraint("ended_plan_readable_days BETWEEN 0 AND 3650", name="readable_days_in_range"),
        CheckConstraint("response_hours BETWEEN 1 AND 336", name="response_hours_in_range"),
        CheckConstraint("records_kept_years BETWEEN 1 AND 100", name="kept_years_in_range"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, default="en")
    managers_may_read_records: Mapped[bool] = mapped_column(default=False)
    second_factor_required: Mapped[bool] = mapped_column(default=False)
    on_track_from: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal("0.8"))
    watch_from: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal("0.5"))
    events_accepted_days_back: Mapped[int] = mapped_column(default=60)
    ended_plan_readable_days: Mapped[int] = mapped_column(default=90)
    response_hours: Mapped[int] = mapped_column(default=24)
    records_kept_years: Mapped[int | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class Location(Base):
    """A practice site of a clinic."""

    __tablename__ = "location"
    __table_args__ = (UniqueConstraint("clinic_id", "name"),)

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class Member(Base):
    """A person inside one clinic with one role; without an account until the invitation is accepted.

    `name_folded` is the form of the name that lists are sorted and searched by; who changes one changes both.
    """

    __tablename__ = "member"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "location_id"], ["location.clinic_id", "location.id"]),
        UniqueConstraint("clinic_id", "account_id"),
        UniqueConstraint("clinic_id", "email"),
        Index("member_account_id_idx", "account_id"),
        Index("member_role_name_idx", "clinic_id", "role", "name_folded", "id"),
        CheckConstraint(one_of_words("role", Role), name="role_is_known"),
        CheckConstraint(one_of_words("status", MemberStatus), name="status_is_known"),
        CheckConstraint("status <> 'active' OR account_id IS NOT NULL", name="active_has_account"),
    )

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    location_id: Mapped[UUID | None]
    role: Mapped[Role] = mapped_column(Word(Role))
    status: Mapped[MemberStatus] = mapped_column(Word(MemberStatus), default=MemberStatus.INVITED)
    name: Mapped[str] = mapped_column(Text)
    name_folded: Mapped[str] = mapped_column(Text, default=_folded_name)
    email: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class Patient(Base):
    """The record of a member with the role patient; it has the member's id. Its row lock orders what phones send.

    After an erasure the row stays, and its member's, without anything that names the person: `erased_at` says so.
    """

    __tablename__ = "patient"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "location_id"], ["location.clinic_id", "location.id"]),
        Index("patient_location_idx", "clinic_id", "location_id"),
        CheckConstraint("day_starts_at <= '04:00'", name="day_starts_by_four"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID]
    birth_date: Mapped[date | None]
    zone: Mapped[str] = mapped_column(Text)
    day_starts_at: Mapped[time] = mapped_column(default=time(0))
    language: Mapped[str | None] = mapped_column(Text, default=None)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    erased_at: Mapped[datetime | None] = mapped_column(INSTANT)


class CareTeamPlace(Base):
    """A practitioner's place on a patient's care team, from joining to leaving; one of the present ones leads.

    With `covers_for` it is held in somebody's stead, and at `until` it is no place any more, whoever has noticed.
    """

    __tablename__ = "care_team_place"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "covers_for"], ["member.clinic_id", "member.id"]),
        Index(
            "care_team_place_present_key",
            "clinic_id",
            "patient_id",
            "member_id",
            "covers_for",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "care_team_place_one_lead_key",
            "clinic_id",
            "patient_id",
            unique=True,
            postgresql_where=text("left_at IS NULL AND is_lead"),
        ),
        Index("care_team_place_member_idx", "clinic_id", "member_id", postgresql_where=text("left_at IS NULL")),
        CheckConstraint("(covers_for IS NULL) = (until IS NULL)", name="cover_has_an_end"),
        CheckConstraint("covers_for IS NULL OR NOT is_lead", name="cover_does_not_lead"),
        CheckConstraint("covers_for <> member_id", name="covers_for_another"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID]
    member_id: Mapped[UUID]
    is_lead: Mapped[bool]
    joined_at: Mapped[datetime] = mapped_column(INSTANT)
    left_at: Mapped[datetime | None] = mapped_column(INSTANT)
    covers_for: Mapped[UUID | None] = mapped_column(default=None)
    until: Mapped[datetime | None] = mapped_column(INSTANT, default=None)


class Cover(Base):
    """That a practitioner is absent from one instant to another, and who stands in meanwhile. Ended early by somebody,
    or by itself at `ends_at`.
    """

    __tablename__ = "cover"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "absent_id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "covering_id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "named_by"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "ended_by"], ["member.clinic_id", "member.id"]),
        Index("cover_absent_idx", "clinic_id", "absent_id", "ends_at", postgresql_where=text("ended_at IS NULL")),
        Index("cover_covering_idx", "clinic_id", "covering_id", "ends_at", postgresql_where=text("ended_at IS NULL")),
        Index("cover_starts_at_idx", "clinic_id", "starts_at", "id"),
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("absent_id <> covering_id", name="by_another"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    absent_id: Mapped[UUID]
    covering_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(INSTANT)
    ends_at: Mapped[datetime] = mapped_column(INSTANT)
    named_at: Mapped[datetime] = mapped_column(INSTANT)
    named_by: Mapped[UUID]
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT, default=None)
    ended_by: Mapped[UUID | None] = mapped_column(default=None)


class EmergencyAccess(Base):
    """One member's look at one record that was not theirs to read: why, and until when. Ended early by somebody, or by
    itself at `expires_at`. It lets read and never write.
    """

    __tablename__ = "emergency_access"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "ended_by"], ["member.clinic_id", "member.id"]),
        Index("emergency_access_open_idx", "clinic_id", "member_id", postgresql_where=text("ended_at IS NULL")),
        Index("emergency_access_started_idx", "clinic_id", "started_at", "id"),
        CheckConstraint(
            "started_at < expires_at AND expires_at <= started_at + interval '4 hours'", name="at_most_four_hours"
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_by: Mapped[UUID | None]


class Invitation(Base):
    """A way in, once: a one-time code for one member. Only a digest is kept; a newer one ends the older.

    The mail has a code of its own, made when it is sent, `mailed_digest`: the table of jobs holds none. `invited_by` is
    the member who did, None for the command line. `tries` counts how often either code was presented.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        UniqueConstraint("code_digest"),
        UniqueConstraint("mailed_digest"),
        Index(
            "invitation_one_open_key",
            "clinic_id",
            "member_id",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND superseded_at IS NULL"),
        ),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID]
    code_digest: Mapped[bytes] = mapped_column(LargeBinary)
    mailed_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    invited_by: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    accepted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    superseded_at: Mapped[datetime | None] = mapped_column(INSTANT)
