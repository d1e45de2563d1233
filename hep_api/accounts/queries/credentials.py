"""Reads of identity. They name accounts by e-mail or id and know no clinic."""

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
