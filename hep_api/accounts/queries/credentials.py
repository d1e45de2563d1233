"""Reads of identity. They name accounts by e-mail or id and know no clinic."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.accounts.passwords import Credentials


def credentials_of(session: Session, email: str) -> Credentials | None:
    """Return what the account with this e-mail (lower case) proves itself by, None when there is no such account."""
    found = session.execute(
        select(Account.id, Account.password_hash, Account.password_version).where(Account.email == email)
    ).one_or_none()
    return None if found is None else Credentials(*found)


def credentials_of_account(session: Session, account_id: UUID) -> Credentials:
    """Return what an account proves itself by."""
    account = session.execute(
        select(Account.id, Account.password_hash, Account.password_version).where(Account.id == account_id)
    ).one()
    return Credentials(*account)


def email_of_account(session: Session, account_id: UUID) -> str:
    """Return the e-mail that an account signs in by."""
    return session.scalars(select(Account.email).where(Account.id == account_id)).one()
