"""Links a Firebase account to an account of ours."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts import letters
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Viewer
from hep_api.foundation import tenancy
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import conflict, not_signed_in


def link_firebase(session: Session, viewer: Viewer, uid: str, now: datetime) -> datetime:
    """Let a Firebase account sign in as the viewer's account, in place of another one; return since when it may.

    Errors: 409 when it is linked to another account; 401 when the viewer's sign-in has ended since the door was passed.
    """
    _refuse_ended(session, viewer)
    same = (FirebaseLink.account_id == viewer.account_id) & (FirebaseLink.uid == uid)
    linked_at = session.scalar(select(FirebaseLink.linked_at).where(same))
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


def _refuse_ended(session: Session, viewer: Viewer) -> None:
    """The door's transaction ended before Google was asked: what it had found may have changed since."""
    tenancy.act_for(session, viewer.clinic_id)
    own = (SignIn.clinic_id == viewer.clinic_id) & (SignIn.id == viewer.sign_in_id) & SignIn.ended_at.is_(None)
    if session.scalar(select(SignIn.id).where(own)) is None:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
