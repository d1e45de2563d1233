"""Who reads a mail: the address, and how they are told, as both stand when the mail is written."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.clinics.models import Member
from hep_api.foundation.mail.models import MailBounce
from hep_api.notifications.queries.standings import Standing, standings


@dataclass(frozen=True, slots=True)
class Reader:
    """An active member. `has_bounced`: mail to this address came back; only alerts are tried all the same."""

    address: str
    standing: Standing
    has_bounced: bool


def reader_of(session: Session, clinic_id: UUID, member_id: UUID) -> Reader | None:
    """Return who reads a member's mail, in two statements; None where access has ended."""
    standing = standings(session, clinic_id, [member_id]).get(member_id)
    if standing is None:
        return None
    row = session.execute(
        select(func.coalesce(Account.email, Member.email), MailBounce.member_id.is_not(None))
        .select_from(Member)
        .outerjoin(Account, Account.id == Member.account_id)
        .outerjoin(MailBounce, (MailBounce.clinic_id == Member.clinic_id) & (MailBounce.member_id == Member.id))
        .where(Member.clinic_id == clinic_id, Member.id == member_id)
    ).one()
    return Reader(row[0], standing, row[1])
