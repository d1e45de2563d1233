"""Taking a member's access to the clinic away, and giving it back. What they did and wrote stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.actions import sign_ins as accounts
from hep_api.audit import notes
from hep_api.clinics.actions import invite
from hep_api.clinics.facts import MemberDisabled, MemberEnabled
from hep_api.clinics.models import Member, MemberStatus
from hep_api.foundation.facts import publish


def disable_member(session: Session, member: Member, disabled_by: UUID, now: datetime) -> None:
    """End the member's access, sign-ins and open invitation at once; doing it again changes nothing."""
    if member.status is MemberStatus.DISABLED:
        return
    member.status = MemberStatus.DISABLED
    session.flush()
    invite.withdraw_invitation(session, member.clinic_id, member.id, now)
    accounts.end_sign_ins_of_member(session, member.clinic_id, member.id, "member_disabled", now)
    notes.note(session, "member.disabled", subject={"member_id": member.id})
    publish(session, MemberDisabled(member.clinic_id, member.id, disabled_by))


def enable_member(session: Session, member: Member) -> None:
    """Give access back; the member signs in anew."""
    if member.status is MemberStatus.DISABLED:
        member.status = MemberStatus.ACTIVE if member.account_id else MemberStatus.INVITED
        notes.note(session, "member.enabled", subject={"member_id": member.id})
        session.flush()
        publish(session, MemberEnabled(member.clinic_id, member.id))
