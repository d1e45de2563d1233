"""Emergency access ("break-glass"): somebody of the staff lets themself in to read a record that is not theirs to read.

It needs a reason, lasts four hours at most, and the clinic's owners are told at once. It lets read, never write.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import access
from hep_api.clinics.models import Clinic, EmergencyAccess, Member, MemberStatus, Patient
from hep_api.clinics.names import folded
from hep_api.clinics.queries import emergencies
from hep_api.foundation import occasions
from hep_api.foundation.errors import Problem, conflict, not_found
from hep_api.foundation.identifiers import new_id

MOST_HOURS = 4


def take_emergency_access(session: Session, viewer: Viewer, body: dict[str, Any], now: datetime) -> EmergencyAccess:
    """Let the viewer read a patient's record from the next request on; sent again, the same access comes back.

    Errors: 404 for a patient that the clinic has not; 409 when several have that name and birth date, and when the
    record is the viewer's to read anyway.
    """
    patient_id = body["patient_id"] or _named(session, viewer, body["name"], body["birth_date"])
    occasions.name_also(patient_id=patient_id)
    taken_id = viewer.emergencies.get(patient_id)
    if taken_id is not None:
        return emergencies.emergency_access_for(session, viewer, taken_id)
    _refuse_needless(session, viewer, patient_id)
    taken_meanwhile = emergencies.lock_present_access(session, viewer, patient_id, now)
    if taken_meanwhile is not None:
        return taken_meanwhile
    taken = EmergencyAccess(
        clinic_id=viewer.clinic_id,
        id=new_id(),
        member_id=viewer.member_id,
        patient_id=patient_id,
        reason=body["reason"],
        started_at=now,
        expires_at=now + timedelta(hours=body["hours"]),
    )
    session.add(taken)
    session.flush()
    notes.about_patient(session, patient_id, taken.id)
    _tell_owners(session, viewer, now)
    return taken


def end_emergency_access(session: Session, viewer: Viewer, access_id: UUID, now: datetime) -> None:
    """End it before its time; one that is over already stays as it is. 404 when it is not the viewer's to end."""
    taken = emergencies.emergency_access_for(session, viewer, access_id, lock=True)
    if taken.ended_at is None and taken.expires_at > now:
        taken.ended_at, taken.ended_by = now, viewer.member_id
        session.flush()
    notes.about_patient(session, taken.patient_id, taken.id)


def _named(session: Session, viewer: Viewer, name: str, birth_date: date) -> UUID:
    """Return the one patient of the clinic who has this name, whatever its letters' case, and birth date."""
    found = session.scalars(
        select(Patient.id)
        .join(Member, (Member.clinic_id == Patient.clinic_id) & (Member.id == Patient.id))
        .where(access.not_erased(viewer), Member.name_folded == folded(name), Patient.birth_date == birth_date)
        .order_by(Patient.id)
    ).all()
    if not found:
        raise not_found("patient")
    if len(found) > 1:
        # What is shown of them is kept, though nothing else comes of it.
        notes.note_apart("patients.told_apart", subject={"patients": [str(patient_id) for patient_id in found]})
        raise Problem(
            "patient_choice_needed",
            409,
            "Several patients have this name and birth date; name one as patient_id.",
            extra={"patients": [str(patient_id) for patient_id in found]},
        )
    return found[0]


def _refuse_needless(session: Session, viewer: Viewer, patient_id: UUID) -> None:
    def has(condition: ColumnElement[bool]) -> bool:
        return session.scalar(select(Patient.id).where(condition, Patient.id == patient_id)) is not None

    if not has(access.not_erased(viewer)):
        raise not_found("patient")
    if has(access.is_theirs(viewer)):
        raise conflict("/patient_id", "not_needed", "You may read this record without it.")


def _tell_owners(session: Session, viewer: Viewer, now: datetime) -> None:
    """Write to every owner, also to one who took it: it may not have been them."""
    clinic = session.get_one(Clinic, viewer.clinic_id)
    owners = session.scalars(
        select(Member.account_id).where(
            Member.clinic_id == viewer.clinic_id, Member.role == Role.OWNER, Member.status == MemberStatus.ACTIVE
        )
    ).all()
    for account_id in owners:
        assert account_id is not None, "an active member has an account"
        tell(session, account_id, Letter.EMERGENCY_ACCESS, now, clinic=clinic.name)
