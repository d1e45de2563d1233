"""Noting that mail does not reach somebody, in every clinic of theirs; and that it does after all."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.facts import LetterRefused
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.models import Member
from hep_api.foundation import tenancy
from hep_api.foundation.errors import not_found
from hep_api.foundation.mail.bounces import forget_bounce, note_bounce
from hep_api.foundation.mail.models import BounceWay
from hep_api.foundation.tenancy import Key


def note_refused_letter(session: Session, fact: LetterRefused) -> None:
    """Note in each clinic of an account that its address takes no mail."""
    tenancy.hold_up(session, Key.ACCOUNT, str(fact.account_id))
    members = select(Member.clinic_id, Member.id).where(Member.account_id == fact.account_id).order_by(Member.clinic_id)
    for clinic_id, member_id in session.execute(members).all():
        with tenancy.acting_for(session, clinic_id):
            note_bounce(session, clinic_id, member_id, BounceWay.REFUSED, fact.reason, fact.at)


def clear_bounce(session: Session, viewer: Viewer, member_id: UUID) -> None:
    """Let mail go to a member of the viewer's clinic again; 404 for anybody else."""
    member = select(Member.id).where(Member.clinic_id == viewer.clinic_id, Member.id == member_id)
    if session.scalar(member) is None:
        raise not_found("member")
    forget_bounce(session, viewer.clinic_id, member_id)
