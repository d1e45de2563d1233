"""Reads of links to Firebase accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account
from hep_api.accounts.passwords import Proof


def linked_since(session: Session, account_id: UUID) -> datetime | None:
    """Return since when an account has a link, None when it has none."""
    return session.scalar(select(FirebaseLink.linked_at).where(FirebaseLink.account_id == account_id))


def proof_of_link(session: Session, uid: str) -> Proof | None:
    """Return the proof that a Firebase account stands for an account of ours; None when it is linked to none."""
    linked = select(Account.id, Account.password_version).join(FirebaseLink, FirebaseLink.account_id == Account.id)
    found = session.execute(linked.where(FirebaseLink.uid == uid)).one_or_none()
    return found and Proof(found.id, found.password_version, None)
