"""Emergency accesses as they are shown: owners see all of their clinic's, others their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics.models import EmergencyAccess, Member
from hep_api.foundation.errors import not_found
from hep_api.foundation.web.pages import Page, cut, decode


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A member by id, role and name."""

    id: UUID
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class ShownEmergencyAccess:
    """An emergency access with names, the patient's for owners only: to others they are nobody's business afterwards.

    `active` while it lets read.
    """

    id: UUID
    member: ShownPerson
    patient_id: UUID
    patient_name: str | None
    reason: str
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: UUID | None
    active: bool


def emergency_access_for(session: Session, viewer: Viewer, access_id: UUID, *, lock: bool = False) -> EmergencyAccess:
    """Return an emergency access that the viewer may see, to be changed if locked; 404 otherwise."""
    query = select(EmergencyAccess).where(_may_see(viewer), EmergencyAccess.id == access_id)
    found = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise not_found("emergency access")
    return found


def lock_present_access(session: Session, viewer: Viewer, patient_id: UUID, now: datetime) -> EmergencyAccess | None:
    """Return the viewer's present access to a patient, None without one; until the commit nobody else takes one as
    them. Two requests at once would leave two, of which only one is ended.
    """
    oneself = (Member.clinic_id == viewer.clinic_id) & (Member.id == viewer.member_id)
    session.execute(select(Member.id).where(oneself).with_for_update(key_share=True))
    present = select(EmergencyAccess).where(
        EmergencyAccess.clinic_id == viewer.clinic_id,
        EmergencyAccess.member_id == viewer.member_id,
        EmergencyAccess.patient_id == patient_id,
        EmergencyAccess.ended_at.is_(None),
        EmergencyAccess.expires_at > now,
    )
    return session.scalar(present.order_by(EmergencyAccess.started_at).limit(1))


def list_emergency_accesses_for(
    session: Session, viewer: Viewer, query: dict[str, Any], now: datetime
) -> Page[ShownEmergencyAccess]:
    """Return a page of emergency accesses, the newest first; one statement."""
    patient = aliased(Member, name="patient_member")
    rows = session.execute(
        select(EmergencyAccess, Member, patient.name.label("patient_name"))
        .join(Member, (Member.clinic_id == EmergencyAccess.clinic_id) & (Member.id == EmergencyAccess.member_id))
        .join(patient, (patient.clinic_id == EmergencyAccess.clinic_id) & (patient.id == EmergencyAccess.patient_id))
        .where(_may_see(viewer), _matches(query, now), _before(query["cursor"]))
        .order_by(EmergencyAccess.started_at.desc(), EmergencyAccess.id.desc())
        .limit(query["limit"] + 1)
    ).all()
    notes.about_list(session)
    page = cut(rows, query["limit"], lambda row: (row.EmergencyAccess.started_at, row.EmergencyAccess.id))
    names = viewer.role is Role.OWNER
    shown = [_shown(row.EmergencyAccess, row.Member, row.patient_name if names else None, now) for row in page.items]
    return Page(shown, page.next_cursor)


def _shown(taken: EmergencyAccess, member: Member, patient_name: str | None, now: datetime) -> ShownEmergencyAccess:
    return ShownEmergencyAccess(
        id=taken.id,
        member=ShownPerson(member.id, member.role, member.name),
        patient_id=taken.patient_id,
        patient_name=patient_name,
        reason=taken.reason,
        started_at=taken.started_at,
        expires_at=taken.expires_at,
        ended_at=taken.ended_at,
        ended_by=taken.ended_by,
        active=taken.ended_at is None and taken.expires_at > now,
    )


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    own_clinic = EmergencyAccess.clinic_id == viewer.clinic_id
    if viewer.role is Role.OWNER:
        return own_clinic
    return own_clinic & (EmergencyAccess.member_id == viewer.member_id)


def _matches(query: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    if not query["active"]:
        return true()
    return EmergencyAccess.ended_at.is_(None) & (EmergencyAccess.expires_at > now)


def _before(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, datetime, UUID)
    return tuple_(EmergencyAccess.started_at, EmergencyAccess.id) < key if key else true()
