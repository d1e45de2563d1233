"""Reads what an account's sign-ins came from."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.familiar import FamiliarMark


def known_marks(session: Session, account_id: UUID, marks: Collection[bytes]) -> set[bytes]:
    """Return those of the marks that the account was signed in from."""
    asked = FamiliarMark.digest.in_(marks)
    return set(session.scalars(select(FamiliarMark.digest).where(FamiliarMark.account_id == account_id, asked)))
