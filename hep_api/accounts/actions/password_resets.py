"""Ways to a new password by mail: made when the letter is sent, good once, for ten minutes; a digest is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import PasswordReset

VALID_FOR = timedelta(minutes=10)
# Whoever asks again and again for somebody else must not be able to make every link stale before it is opened.
NOT_REPLACED_FOR = timedelta(minutes=5)


def open_reset(session: Session, account_id: UUID, now: datetime) -> str | None:
    """Make a token for a new password and end the older one; None while there is one that is quite new."""
    token = secrets.token_urlsafe(32)
    fresh = {"digest": digest_of(token), "created_at": now, "expires_at": now + VALID_FOR}
    opening = insert(PasswordReset).values(account_id=account_id, **fresh)
    opening = opening.on_conflict_do_update(
        index_elements=["account_id"], set_=fresh, where=PasswordReset.created_at <= now - NOT_REPLACED_FOR
    )
    opened = session.scalar(opening.returning(PasswordReset.account_id))
    return None if opened is None else token


def account_behind(session: Session, token: str, now: datetime) -> UUID | None:
    """Return whose password a token may set; None when it is good for nothing."""
    return session.scalar(select(PasswordReset.account_id).where(*_good(token, now)))


def use_up(session: Session, token: str, now: datetime) -> UUID | None:
    """Use a token up, and return whose password it may set; None when it is good for nothing, or was used just now."""
    return session.scalar(delete(PasswordReset).where(*_good(token, now)).returning(PasswordReset.account_id))


def digest_of(token: str) -> bytes:
    """Return what is kept of a token. It has 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


def _good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return PasswordReset.digest == digest_of(token), PasswordReset.expires_at > now
