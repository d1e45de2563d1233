"""Tables of what people, and clinics for all of theirs, wish to be told of: by which channel, when not, how often.

What is left open in a person's row is the clinic's, and what is open there the product's (`preferring.py`).
"""

from datetime import time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.types import Word, one_of_words


class Channel(StrEnum):
    """How somebody is told: on their devices, by mail, by both, or not at all."""

    PUSH = "push"
    MAIL = "mail"
    BOTH = "both"
    NONE = "none"


class Audience(StrEnum):
    """For whom a clinic settles something."""

    PATIENTS = "patients"
    STAFF = "staff"


def _rules() -> tuple[CheckConstraint, ...]:
    """Return what holds for a row of either table."""
    return (
        CheckConstraint("(quiet_starts IS NULL) = (quiet_ends IS NULL)", name="quiet_is_whole"),
        CheckConstraint("quiet_starts <> quiet_ends", name="quiet_is_not_empty"),
        CheckConstraint("quiet IS NOT TRUE OR quiet_starts IS NOT NULL", name="quiet_has_hours"),
        CheckConstraint("most_a_day BETWEEN 1 AND 200", name="most_a_day_in_range"),
    )


class Wishes:
    """What is wished. `channels`: {kind: channel}. `quiet`: true and from when to when; false: never; None: open."""

    channels: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    quiet: Mapped[bool | None] = mapped_column(default=None)
    quiet_starts: Mapped[time | None] = mapped_column(default=None)
    quiet_ends: Mapped[time | None] = mapped_column(default=None)
    most_a_day: Mapped[int | None] = mapped_column(default=None)


class NotificationPreference(Wishes, Base):
    """A member's own wishes; none so far where `version` is 0.

    `zone` is by which wall it is quiet for one of the staff; None is the clinic's.
    """

    __tablename__ = "notification_preference"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        *_rules(),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    zone: Mapped[str | None] = mapped_column(Text, default=None)
    version: Mapped[int] = mapped_column(default=0)


class NotificationPolicy(Wishes, Base):
    """A clinic's wishes for those who have none of their own. Their version is the clinic's."""

    __tablename__ = "notification_policy"
    __table_args__ = (CheckConstraint(one_of_words("audience", Audience), name="audience_is_known"), *_rules())

    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(Word(Audience), primary_key=True)
