"""Helping somebody who has lost their second factor: an owner removes what they had, and they set up another.

A second factor guards the account in all of its clinics, and an owner answers for one. So it is removed only where the
account serves in no other; otherwise the person is told that the keeper of the installation has to do it. The owner
gets the same answer, as they are not to learn where else somebody is a patient.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.accounts.actions.second_factors import remove
from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Member, MemberStatus
from hep_api.foundation import tenancy
from hep_api.foundation.errors import conflict
from hep_api.foundation.tenancy import Key


def reset_second_factor(session: Session, viewer: Viewer, member: Member, now: datetime) -> None:
    """Remove a member's second factors and end their sign-ins, unless their account serves in another clinic too.

    Errors: 409 for the own ones.
    """
    if member.id == viewer.member_id:
        raise conflict("", "own", "Remove your own second factor under /v1/me.")
    if member.account_id is None:
        return
    if _serves_elsewhere(session, member):
        tell(session, member.account_id, Letter.SECOND_FACTOR_KEPT, now)
    elif remove.remove_all(session, member.account_id, now):
        accounts.end_sign_ins_of_account(session, member.account_id, "second_factor_reset", now)


def _serves_elsewhere(session: Session, member: Member) -> bool:
    tenancy.hold_up(session, Key.ACCOUNT, str(member.account_id))
    elsewhere = exists().where(
        Member.account_id == member.account_id,
        Member.clinic_id != member.clinic_id,
        Member.status == MemberStatus.ACTIVE,
    )
    return bool(session.scalar(select(elsewhere)))
