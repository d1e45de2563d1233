"""Tables of second factors. They belong to the account, whatever clinics it is a member of.

Only what must be read again is kept so that it can be: the TOTP secret, sealed. Of codes and challenges there are
digests; of a passkey there is the public key.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.accounts.second_factors import Ceremony
from hep_api.foundation.database import Base
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT, Word, one_of_words, primary_id


class Totp(Base):
    """An authenticator app. One that is confirmed counts; one that is being set up stands beside it until then.

    `last_counter` is that of the newest code that was used: that code and older ones are good no more.
    """

    __tablename__ = "totp"
    __table_args__ = (
        Index("totp_one_confirmed_key", "account_id", unique=True, postgresql_where=text("confirmed_at IS NOT NULL")),
        Index("totp_one_pending_key", "account_id", unique=True, postgresql_where=text("confirmed_at IS NULL")),
        CheckConstraint("(confirmed_at IS NULL) = (last_counter IS NULL)", name="confirmed_by_a_code"),
    )

    id: Mapped[UUID] = primary_id(new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    confirmed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    last_counter: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that stands in for a lost factor, once: using it removes it."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class Passkey(Base):
    """A key that an authenticator keeps for the account. `sign_count` grows with each use where the device counts;
    one that does not grow means that a copy of the key may be about: `copied_at` says when that was last seen.
    """

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"), Index("passkey_account_id_idx", "account_id"))

    id: Mapped[UUID] = primary_id(new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    last_used_at: Mapped[datetime | None] = mapped_column(INSTANT)
    copied_at: Mapped[datetime | None] = mapped_column(INSTANT)


class PasskeyChallenge(Base):
    """What an authenticator has to sign, for one sign-in or one challenge of a sign-in; taken by removing it."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        CheckConstraint(one_of_words("ceremony", Ceremony), name="ceremony_is_known"),
        Index("passkey_challenge_expires_at_idx", "expires_at"),
    )

    bound_to: Mapped[UUID] = mapped_column(primary_key=True)
    ceremony: Mapped[Ceremony] = mapped_column(Word(Ceremony), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)


class SignInChallenge(Base):
    """A sign-in that waits for its second factor, with what it will be when that was shown; only a digest is kept of
    what its device holds. Worthless once the password is another than `password_version`.
    """

    __tablename__ = "sign_in_challenge"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("sign_in_challenge_expires_at_idx", "clinic_id", "expires_at"),
    )

    clinic_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    password_version: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    device_name: Mapped[str] = mapped_column(Text)
    device_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)


class Guesses(Base):
    """How often something short was tried in a row, by account where it signs in, by sign-in where it is signed in."""

    __tablename__ = "guesses"
    __table_args__ = (Index("guesses_since_idx", "since"),)

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime] = mapped_column(INSTANT)
