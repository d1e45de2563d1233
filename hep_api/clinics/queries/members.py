"""Members as administration sees them, and the checks that a named member is what they must be."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import STAFF, Role, Viewer
from hep_api.clinics.access import is_held
from hep_api.clinics.models import CareTeamPlace, Clinic, Cover, Member, MemberStatus
from hep_api.clinics.names import folded
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.foundation.errors import invalid_field, not_found
from hep_api.foundation.mail.models import MailBounce
from hep_api.foundation.web.pages import Page, cut, decode


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A practitioner, manager or owner; `invitation` only in the answer to inviting."""

    id: UUID
    name: str
    email: str
    role: Role
    status: MemberStatus
    location_id: UUID | None
    mail_bounced_at: datetime | None
    version: int
    created_at: datetime
    invitation: IssuedInvitation | None = None


def get_member_for(session: Session, viewer: Viewer, member_id: UUID) -> MemberShown:
    """Return one of the clinic's staff; 404 otherwise."""
    row = session.execute(_shown(viewer).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise not_found("member")
    return MemberShown(*row[:9])


def list_members_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[MemberShown]:
    """Return a page of the clinic's staff by name."""
    rows = session.execute(
        _shown(viewer)
        .where(_matches(query), _after(query["cursor"]))
        .order_by(Member.name_folded, Member.id)
        .limit(query["limit"] + 1)
    ).all()
    page = cut(rows, query["limit"], lambda row: (row.name_folded, row.id))
    return Page([MemberShown(*row[:9]) for row in page.items], page.next_cursor)


def lock_member(session: Session, viewer: Viewer, member_id: UUID) -> Member:
    """Return one of the clinic's staff to be changed; 404 otherwise.

    Locks the clinic first, so that two changes cannot each leave the other's owner as the last one.
    """
    session.execute(select(Clinic.id).where(Clinic.id == viewer.clinic_id).with_for_update(key_share=True))
    member = session.scalar(
        select(Member)
        .where(Member.clinic_id == viewer.clinic_id, Member.id == member_id, Member.role.in_(STAFF))
        .with_for_update(key_share=True)
    )
    if member is None:
        raise not_found("member")
    return member


def is_last_owner(session: Session, member: Member) -> bool:
    """Return whether the member is the only active owner of their clinic."""
    if member.role is not Role.OWNER or member.status is not MemberStatus.ACTIVE:
        return False
    owners = select(func.count()).where(
        Member.clinic_id == member.clinic_id, Member.role == Role.OWNER, Member.status == MemberStatus.ACTIVE
    )
    return session.scalar(owners) == 1


def is_on_a_care_team(session: Session, member: Member) -> bool:
    """Return whether the member has a place on any patient's care team, or is to have one in somebody's stead."""
    place = exists().where(CareTeamPlace.clinic_id == member.clinic_id, CareTeamPlace.member_id == member.id, is_held())
    cover = exists().where(
        Cover.clinic_id == member.clinic_id,
        Cover.covering_id == member.id,
        Cover.ended_at.is_(None),
        Cover.ends_at > func.statement_timestamp(),
    )
    return bool(session.scalar(select(place | cover)))


def practitioner_named(session: Session, clinic_id: UUID, member_id: UUID, field: str) -> Member:
    """Return the practitioner of the clinic with this id, not disabled; 422 naming `field` otherwise.

    They stay one until this transaction ends: only practitioners can be on a care team.
    """
    member = session.scalar(
        select(Member)
        .where(
            Member.clinic_id == clinic_id,
            Member.id == member_id,
            Member.role == Role.PRACTITIONER,
            Member.status != MemberStatus.DISABLED,
        )
        .with_for_update(read=True)
    )
    if member is None:
        raise invalid_field(field, "practitioner", "Must be a practitioner of the clinic who is not disabled.")
    return member


def _shown(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    shown = select(
        Member.id,
        Member.name,
        Member.email,
        Member.role,
        Member.status,
        Member.location_id,
        MailBounce.bounced_at,
        Member.version,
        Member.created_at,
        Member.name_folded,
    )
    bounced = (MailBounce.clinic_id == Member.clinic_id) & (MailBounce.member_id == Member.id)
    return shown.outerjoin(MailBounce, bounced).where(Member.clinic_id == viewer.clinic_id, Member.role.in_(STAFF))


def _matches(query: dict[str, Any]) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = true()
    if query["role"]:
        matches &= Member.role == Role(query["role"])
    if query["status"]:
        matches &= Member.status == query["status"]
    if query["location_id"]:
        matches &= Member.location_id == query["location_id"]
    for word in folded(query["q"] or "").split():
        matches &= func.strpos(Member.name_folded, word) > 0
    return matches


def _after(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, str, UUID)
    return tuple_(Member.name_folded, Member.id) > key if key else true()
