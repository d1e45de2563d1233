"""Tables of devices: where pushes go, and whose each phone is.

A phone is known by what pushes are addressed to, its `value`. It has one owner among all accounts of all clinics: a
device that stands refers to its holder with its account, and there is one holder of a value. That is a constraint, so
no race and no forgotten check lets a phone show what is another's.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words


class DeviceKind(StrEnum):
    """By what a device is addressed: a Firebase registration token, which Google replaces by Firebase installation ids,
    or the subscription of a browser.
    """

    FCM_TOKEN = "fcm_token"  # noqa: S105 - a word, no secret
    FCM_INSTALLATION = "fcm_installation"
    WEB_PUSH = "web_push"


class Platform(StrEnum):
    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class DeviceEnd(StrEnum):
    """Why nothing is pushed to a device any more."""

    SIGN_IN_ENDED = "sign_in_ended"
    SIGN_IN_EXPIRED = "sign_in_expired"
    MEMBER_DISABLED = "member_disabled"
    MOVED = "moved"  # another account registered the same phone
    REMOVED = "removed"  # by its owner
    REPLACED = "replaced"  # another device of its owner's took over its value
    TOO_MANY = "too_many"  # the member registered newer ones
    UNREGISTERED = "unregistered"  # the push service knows it no more
    SENDER_MISMATCH = "sender_mismatch"  # it belongs to another Firebase project


class DeviceHolder(Base):
    """The one account, of whatever clinics, that a phone belongs to. Only a digest of its value is known here; who
    registers takes this row's lock first, so that two at once take turns. Goes when its last device ends.

    `app_digest` is that of the id which the app made for itself, as its sign-in has it; None when it made none.
    """

    __tablename__ = "device_holder"
    __table_args__ = (
        UniqueConstraint("digest", "account_id"),
        Index("device_holder_account_id_idx", "account_id"),
        Index("device_holder_app_idx", "app_digest"),
    )

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    app_digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class Device(Base):
    """A phone or a browser of a member's, on one sign-in of theirs. An ended one keeps neither its value nor the keys
    that belong to it, and is never reopened.

    `value` is the registration token, the installation id, or the endpoint of a browser's subscription, whose public
    keys are `p256dh` and `auth`. `zone` and `language` are what the phone is set to.
    """

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "member_id"], ["member.clinic_id", "member.id"]),
        ForeignKeyConstraint(["digest", "account_id"], ["device_holder.digest", "device_holder.account_id"]),
        UniqueConstraint("clinic_id", "digest"),
        Index("device_holder_idx", "digest", "account_id", postgresql_where=text("ended_at IS NULL")),
        Index("device_member_idx", "clinic_id", "member_id", "refreshed_at"),
        Index("device_sign_in_idx", "clinic_id", "sign_in_id", postgresql_where=text("ended_at IS NULL")),
        CheckConstraint(one_of_words("kind", DeviceKind), name="kind_is_known"),
        CheckConstraint(one_of_words("platform", Platform), name="platform_is_known"),
        CheckConstraint(one_of_words("ended_reason", DeviceEnd), name="end_is_known"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_for_a_reason"),
        CheckConstraint(
            "(ended_at IS NULL) = (value IS NOT NULL) AND (ended_at IS NULL) = (digest IS NOT NULL) "
            "AND (ended_at IS NULL) = (account_id IS NOT NULL)",
            name="value_until_it_ends",
        ),
        CheckConstraint(
            "(kind = 'web_push' AND ended_at IS NULL) = (p256dh IS NOT NULL) AND (p256dh IS NULL) = (auth IS NULL)",
            name="keys_of_web_push",
        ),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[UUID]
    sign_in_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind))
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    value: Mapped[str | None] = mapped_column(Text)
    p256dh: Mapped[str | None] = mapped_column(Text)
    auth: Mapped[str | None] = mapped_column(Text)
    platform: Mapped[Platform] = mapped_column(Word(Platform))
    app_version: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    zone: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(INSTANT)
    refreshed_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_reason: Mapped[DeviceEnd | None] = mapped_column(Word(DeviceEnd))
