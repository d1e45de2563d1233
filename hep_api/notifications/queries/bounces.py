"""To whom mail does not come through, as a clinic's leaders see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import Account
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics.models import Member
from hep_api.foundation.mail.models import BounceReason, BounceWay, MailBounce
from hep_api.foundation.web.pages import Page, cut, decode


@dataclass(frozen=True, slots=True)
class ShownBounce:
    """That mail to a member does not arrive."""

    member_id: UUID
    name: str
    email: str
    role: Role
    bounced_at: datetime
    way: BounceWay
    reason: BounceReason


def list_bounces_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[ShownBounce]:
    """Return a page of them, the latest first; one statement. Addresses are administration: leaders see all."""
    bounces = (
        select(
            Member.id,
            Member.name,
            func.coalesce(Account.email, Member.email),
            Member.role,
            MailBounce.bounced_at,
            MailBounce.way,
            MailBounce.reason,
        )
        .join(Member, (Member.clinic_id == MailBounce.clinic_id) & (Member.id == MailBounce.member_id))
        .outerjoin(Account, Account.id == Member.account_id)
        .where(MailBounce.clinic_id == viewer.clinic_id, _before(query["cursor"]))
        .order_by(MailBounce.bounced_at.desc(), MailBounce.member_id.desc())
        .limit(query["limit"] + 1)
    )
    notes.about_list(session)
    page = cut(session.execute(bounces).all(), query["limit"], lambda row: (row.bounced_at, row.id))
    return Page([ShownBounce(*row) for row in page.items], page.next_cursor)


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(MailBounce.bounced_at, MailBounce.member_id) < key if key else true()
