"""Links a Firebase account to an account of ours, and finds whose it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts import letters
from hep_api.accounts.letters import Letter
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.passwords import Proof
from hep_api.accounts.viewer import Viewer
from hep_api.foundation import tenancy
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import conflict, not_signed_in


def link_firebase(session: Session, viewer: Viewer, uid: str, now: datetime) -> datetime:
    """Let a Firebase account sign in as the viewer's account, in place of another one; return since when it may.

    Errors: 409 when it is linked to another account; 401 when the viewer's sign-in has ended since the door was passed.
    """
    _refuse_ended(session, viewer)
    present = select(FirebaseLink.linked_at).where(
        FirebaseLink.account_id == viewer.account_id, FirebaseLink.uid == uid
    )
    linked_at = session.scalar(present)
    if linked_at is not None:
        return linked_at
    linking = insert(FirebaseLink).values(account_id=viewer.account_id, uid=uid, linked_at=now)
    fresh = {"uid": linking.excluded.uid, "linked_at": linking.excluded.linked_at}
    try:
        session.execute(linking.on_conflict_do_update(index_elements=["account_id"], set_=fresh))
    except IntegrityError as error:
        if violated_constraint(error) != "firebase_link_uid_key":
            raise
        raise conflict("/id_token", "linked", "This Firebase account is linked to another account.") from None
    letters.tell(session, viewer.account_id, Letter.FIREBASE_LINK_CHANGED, now)
    return now


def unlink_firebase(session: Session, viewer: Viewer, now: datetime) -> None:
    """End the link, if there is one."""
    unlinked = delete(FirebaseLink).where(FirebaseLink.account_id == viewer.account_id)
    if session.scalar(unlinked.returning(FirebaseLink.account_id)) is not None:
        letters.tell(session, viewer.account_id, Letter.FIREBASE_LINK_CHANGED, now)


def linked_since(session: Session, account_id: UUID) -> datetime | None:
    """Return since when an account has a link, None when it has none."""
    return session.scalar(select(FirebaseLink.linked_at).where(FirebaseLink.account_id == account_id))


def proof_of_link(session: Session, uid: str) -> Proof | None:
    """Return the proof that a Firebase account stands for an account of ours; None when it is linked to none."""
    linked = select(Account.id, Account.password_version).join(FirebaseLink, FirebaseLink.account_id == Account.id)
    found = session.execute(linked.where(FirebaseLink.uid == uid)).one_or_none()
    return found and Proof(found.id, found.password_version, None)


def _refuse_ended(session: Session, viewer: Viewer) -> None:
    """The door's transaction ended before Google was asked: what it had found may have changed since."""
    tenancy.act_for(session, viewer.clinic_id)
    own = (SignIn.clinic_id == viewer.clinic_id) & (SignIn.id == viewer.sign_in_id) & SignIn.ended_at.is_(None)
    if session.scalar(select(SignIn.id).where(own)) is None:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
