"""A new password: by the old one, or by a link that was mailed. Either ends sign-ins and is told to the person.

Hashing happens at the doors, between two transactions. The second one takes the account's row first: a sign-in that was
proven by the old password and begins at that moment waits for it, and is refused or ended.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hep_api.accounts import choosing, letters
from hep_api.accounts.actions import familiar, guesses, password_resets, sign_ins
from hep_api.accounts.familiar import whereabouts
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.models.firebase import FirebaseLink
from hep_api.accounts.models.identity import Account, PasswordReset, SignIn
from hep_api.accounts.passwords import Credentials, Proof, password_wrong
from hep_api.accounts.queries import credentials
from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.foundation import tenancy
from hep_api.foundation.errors import Problem, not_signed_in
from hep_api.foundation.identifiers import new_id


def try_change(session: Session, viewer: Viewer, new: str, now: datetime) -> Credentials:
    """Refuse a weak new password, count a try of the present one, and return what that is proven against.

    Nothing is changed yet: the record gets its row when something is. Right tries count and are not forgotten: guesses
    at a second factor are counted with them, and who knows the password must not be able to begin those anew.
    """
    refuse_weak_for(session, viewer.account_id, new)
    notes.leave_out_door(session)
    guesses.count_guess(session, viewer.sign_in_id, now)
    return credentials.credentials_of_account(session, viewer.account_id)


def change_password(session: Session, viewer: Viewer, proof: Proof, new_hash: str, now: datetime) -> None:
    """Give the viewer's account a new password and end its other sign-ins.

    Errors: 403 when the password was changed since it was proven; 401 when the viewer's sign-in has ended since.
    """
    proven = (Account.id == proof.account_id) & (Account.password_version == proof.password_version)
    if session.scalar(update(Account).where(proven).values(_new(new_hash)).returning(Account.id)) is None:
        raise password_wrong()
    tenancy.act_for(session, viewer.clinic_id)
    own = (SignIn.clinic_id == viewer.clinic_id) & (SignIn.id == viewer.sign_in_id) & SignIn.ended_at.is_(None)
    if session.scalar(select(SignIn.id).where(own)) is None:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
    session.execute(delete(PasswordReset).where(PasswordReset.account_id == viewer.account_id))
    _end_and_tell(session, viewer.account_id, now, but_for=viewer.sign_in_id)


def ask_for_reset(session: Session, email: str, now: datetime) -> None:
    """Mail a link for a new password to the account of that e-mail.

    Where there is none the same work is done for nobody, so that nothing tells the two apart.
    """
    account_id = session.scalar(select(Account.id).where(Account.email == email))
    letters.tell(session, account_id or new_id(), Letter.PASSWORD_RESET, now)


def refuse_reset(session: Session, token: str, new: str, now: datetime) -> None:
    """Refuse a token that is good for nothing (404), and a weak new password (422), before it is hashed."""
    account_id = password_resets.account_behind(session, token, now)
    if account_id is None:
        raise reset_invalid()
    refuse_weak_for(session, account_id, new)


def reset_password(session: Session, token: str, new_hash: str, now: datetime) -> None:
    """Use a mailed token up for a new password, and end every sign-in of its account; 404 when it was used by then.

    A linked Firebase account ends too: whoever had the account before its owner could read the mail may have linked it.
    """
    account_id = password_resets.use_up(session, token, now)
    if account_id is None:
        raise reset_invalid()
    session.execute(update(Account).where(Account.id == account_id).values(_new(new_hash)))
    session.execute(delete(FirebaseLink).where(FirebaseLink.account_id == account_id))
    notes.note(session, "password.reset", account_id=account_id)
    # Whoever tries wrong passwords meanwhile must not keep the owner from using the new one.
    familiar.remember(session, account_id, whereabouts(), now)
    _end_and_tell(session, account_id, now)


def refuse_weak_for(session: Session, account_id: UUID, new: str) -> None:
    """Refuse a new password that is common, or made of the person's e-mail or names."""
    email = credentials.email_of_account(session, account_id)
    choosing.refuse_weak(new, email, choosing.names_of(session, account_id))


def reset_invalid() -> Problem:
    """Return the one answer to unknown, used, expired and replaced tokens."""
    return Problem("reset_invalid", 404, "This link is unknown, used, expired or replaced; ask for a new one.")


def _new(password_hash: str) -> dict[str, object]:
    return {"password_hash": password_hash, "password_version": Account.password_version + 1}


def _end_and_tell(session: Session, account_id: UUID, now: datetime, *, but_for: UUID | None = None) -> None:
    sign_ins.end_sign_ins_of_account(session, account_id, "password_changed", now, but_for=but_for)
    letters.tell(session, account_id, Letter.PASSWORD_CHANGED, now)
