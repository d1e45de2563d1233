"""What is removed of identity when a person is erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins
from hep_api.accounts.models.identity import Account, SignIn
from hep_api.accounts.models.second_factor import Guesses


def erase_sign_ins(session: Session, clinic_id: UUID, member_id: UUID, now: datetime) -> None:
    """End and remove every sign-in that acts for a member, with its tokens; open connections are closed."""
    sign_ins.end_sign_ins_of_member(session, clinic_id, member_id, "erased", now)
    of_member = (SignIn.clinic_id == clinic_id) & (SignIn.member_id == member_id)
    session.execute(delete(Guesses).where(Guesses.subject_id.in_(select(SignIn.id).where(of_member))))
    session.execute(delete(SignIn).where(of_member))


def erase_account(session: Session, account_id: UUID) -> None:
    """Remove an account that nobody is a member by any more; whatever refers to it goes along."""
    session.execute(delete(Guesses).where(Guesses.subject_id == account_id))
    session.execute(delete(Account).where(Account.id == account_id))
