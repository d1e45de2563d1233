"""Tables of identity. They know no clinic: a sign-in carries the ids of the clinic and member it acts for as plain
values, filled in by the clinics above.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, primary_id


class Account(Base):
    """A login identity; it may be a member of several clinics. `password_version` grows when the password changes, not
    when the same one is hashed anew.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    password_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class SignIn(Base):
    """One signed-in device of an account, acting for one member of one clinic; ended once, never reopened.

    `device_digest` is that of the id which the app made for itself, None when it made none. `second_factor_at` is when
    a second factor was last shown on it.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        Index("sign_in_account_id_idx", "account_id"),
        Index("sign_in_member_idx", "clinic_id", "member_id"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    clinic_id: Mapped[UUID]
    member_id: Mapped[UUID]
    device_name: Mapped[str] = mapped_column(Text, default="")
    device_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    end_reason: Mapped[str | None] = mapped_column(Text)
    second_factor_at: Mapped[datetime | None] = mapped_column(INSTANT)


class RefreshToken(Base):
    """One link of a sign-in's chain of refresh tokens; only a digest is kept. Used once, by one UPDATE, which leaves
    the nonce that its successor is derived with, and a digest of the device that used it.
    """

    __tablename__ = "refresh_token"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("refresh_token_sign_in_id_idx", "sign_in_id"),
        Index("refresh_token_expires_at_idx", "expires_at"),
        CheckConstraint("(used_at IS NULL) = (successor_nonce IS NULL)", name="used_has_successor"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)
    successor_nonce: Mapped[bytes | None] = mapped_column(LargeBinary)
    used_by: Mapped[bytes | None] = mapped_column(LargeBinary)


class PasswordReset(Base):
    """The one open way to a new password for an account, sent by mail; a newer one takes its place."""

    __tablename__ = "password_reset"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("password_reset_expires_at_idx", "expires_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
