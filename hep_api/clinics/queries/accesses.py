"""Who saw a patient, and the audit of the whole clinic, with names: the audit itself knows only ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.audit import queries as audit
from hep_api.audit.models import AuditEntry, Outcome
from hep_api.audit.queries import Access, Span
from hep_api.clinics import access
from hep_api.clinics.models import Clinic, Member, Patient
from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.words import words_of

USUAL_DAYS = 30
MIDNIGHT = time(0)
# What stands in a subject besides ids.
WORDS = ("code", "reason", "role", "kind", "outcome", "count")


@dataclass(frozen=True, slots=True)
class NamedActor:
    """Who did it: as what, and the name that they have now."""

    id: UUID
    role: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class ShownAccess:
    """An access with names and words; `member` is None for the product itself."""

    access: Access
    member: NamedActor | None
    what: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry with names and words, and what of its subject leaders may know."""

    entry: AuditEntry
    member: NamedActor | None
    what: str
    subject: Mapping[str, Any]


def list_accesses_for(
    session: Session, viewer: Viewer, patient_id: UUID, query: Mapping[str, Any], now: datetime
) -> Page[ShownAccess]:
    """Return a page of who saw a patient; 404 when the viewer may not administer the patient.

    Days are the patient's. Patients are told what staff did among themselves as looks at messages. Three statements,
    however long it is.
    """
    patient = select(Patient.zone).where(access.may_administer_patient(viewer), Patient.id == patient_id)
    zone = session.scalar(patient)
    if zone is None:
        raise not_found("patient")
    access.note_patient(session, viewer, patient_id)
    span, for_patient = _span(query, zone, now), viewer.role is Role.PATIENT
    page = audit.list_accesses(session, viewer.clinic_id, patient_id, span, query, for_patient=for_patient)
    names = _names(session, viewer, (each.member_id for each in page.items))
    shown = [ShownAccess(each, _named(each, names), words_of(each.action)) for each in page.items]
    return Page(shown, page.next_cursor)


def list_entries_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Page[ShownEntry]:
    """Return a page of the audit of the viewer's clinic. Days are the clinic's. Three statements."""
    zone = session.scalars(select(Clinic.zone).where(Clinic.id == viewer.clinic_id)).one()
    notes.about_list(session)
    page = audit.list_entries(session, viewer.clinic_id, _span(query, zone, now), query)
    names = _names(session, viewer, (each.member_id for each in page.items))
    shown = [ShownEntry(each, _named(each, names), words_of(each.action), _subject(each)) for each in page.items]
    return Page(shown, page.next_cursor)


def _subject(entry: AuditEntry) -> dict[str, Any]:
    """Return what an entry is about, without ids out of a record: those are its readers' alone.

    A refused request may have named the ids of any record.
    """
    subject = entry.subject or {}
    if entry.patient_id is None and entry.outcome is Outcome.ALLOWED:
        return subject
    return {name: word for name, word in subject.items() if name in WORDS}


def _span(query: Mapping[str, Any], zone: str, now: datetime) -> Span:
    """Return the days that a query names, both included; left out, the last thirty to the named or present one."""
    last: date = query["to_on"] or clock.local_date(now, zone)
    first: date = query["from_on"] or last - timedelta(days=USUAL_DAYS - 1)
    days = range((last - first).days + 2)
    return Span(first, [datetime.combine(first + timedelta(days=n), MIDNIGHT, ZoneInfo(zone)) for n in days])


def _names(session: Session, viewer: Viewer, member_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {member_id for member_id in member_ids if member_id is not None}
    rows = session.execute(
        select(Member.id, Member.name).where(Member.clinic_id == viewer.clinic_id, Member.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}


def _named(done: Access | AuditEntry, names: Mapping[UUID, str]) -> NamedActor | None:
    if done.member_id is None:
        return None
    return NamedActor(done.member_id, done.role, names.get(done.member_id))
