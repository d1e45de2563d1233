"""Patients as administration sees them: name, e-mail, location, clock, care team. Nothing of the record is in here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.clinics import access
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.clinics.names import folded
from hep_api.clinics.queries import care_teams
from hep_api.clinics.queries.care_teams import Place
from hep_api.foundation import qr
from hep_api.foundation.errors import not_found
from hep_api.foundation.mail.models import MailBounce
from hep_api.foundation.web.pages import Page, cut, decode


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A way in, shown this once."""

    code: str
    link: str
    expires_at: datetime

    @property
    def qr_svg(self) -> str:
        return qr.svg_of(self.link)

    @property
    def qr_png(self) -> str:
        return qr.png_of(self.link)


@dataclass(frozen=True, slots=True)
class PatientShown:
    """A patient's administrative data; `invitation` only in the answer to inviting."""

    id: UUID
    name: str
    email: str
    status: MemberStatus
    location_id: UUID
    birth_date: date | None
    zone: str
    day_starts_at: time
    language: str | None
    mail_bounced_at: datetime | None
    version: int
    created_at: datetime
    care_team: Sequence[Place] = ()
    invitation: IssuedInvitation | None = None


def get_patient_for(session: Session, viewer: Viewer, patient_id: UUID) -> PatientShown:
    """Return one patient whom the viewer may administer; 404 otherwise."""
    row = session.execute(_shown(viewer).where(Patient.id == patient_id)).one_or_none()
    if row is None:
        raise not_found("patient")
    access.note_patient(session, viewer, patient_id)
    return _with_care_teams(session, viewer.clinic_id, [row])[0]


def list_patients_for(session: Session, viewer: Viewer, query: dict[str, Any]) -> Page[PatientShown]:
    """Return a page of the patients whom the viewer may administer, by name; two statements however long it is."""
    rows = session.execute(
        _shown(viewer)
        .where(_matches(viewer, query), _after(query["cursor"]))
        .order_by(Member.name_folded, Patient.id)
        .limit(query["limit"] + 1)
    ).all()
    notes.about_list(session)
    page = cut(rows, query["limit"], lambda row: (row.name_folded, row.id))
    return Page(_with_care_teams(session, viewer.clinic_id, page.items), page.next_cursor)


def _shown(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Patient.id,
            Member.name,
            Member.email,
            Member.status,
            Patient.location_id,
            Patient.birth_date,
            Patient.zone,
            Patient.day_starts_at,
            Patient.language,
            MailBounce.bounced_at.label("mail_bounced_at"),
            Patient.version,
            Patient.created_at,
            Member.name_folded,
        )
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .outerjoin(MailBounce, (MailBounce.clinic_id == Patient.clinic_id) & (MailBounce.member_id == Patient.id))
        .where(access.may_administer_patient(viewer))
    )


def _matches(viewer: Viewer, query: dict[str, Any]) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = true()
    if query["location_id"]:
        matches &= Patient.location_id == query["location_id"]
    if query["practitioner_id"]:
        matches &= access.on_care_team(viewer.clinic_id, Patient.id, query["practitioner_id"])
    if query["status"]:
        matches &= Member.status == query["status"]
    for word in folded(query["q"] or "").split():
        matches &= func.strpos(Member.name_folded, word) > 0
    return matches


def _after(cursor: str | None) -> ColumnElement[bool]:
    key = decode(cursor, str, UUID)
    return tuple_(Member.name_folded, Patient.id) > key if key else true()


def _with_care_teams(session: Session, clinic_id: UUID, rows: Sequence[Any]) -> list[PatientShown]:
    teams = care_teams.list_present_places(session, clinic_id, [row.id for row in rows])
    # All but the last column, by which they are in order.
    return [replace(PatientShown(*row[:-1]), care_team=teams[row.id]) for row in rows]
