"""Asking to be erased, deciding it, and carrying it out.

The clinic's owner decides; what keeps the record goes before. Between the approval and the erasure lies a while in
which the person is told, and in which the owner can still take it back.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics import access
from hep_api.clinics.facts import PatientErased
from hep_api.clinics.folders import folder_of_patient
from hep_api.clinics.models import Clinic, Member, MemberStatus, Patient
from hep_api.foundation.errors import conflict, invalid_field, not_found
from hep_api.foundation.facts import publish
from hep_api.foundation.files.store import files
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.rights import holding, journal
from hep_api.rights.journal import Entry
from hep_api.rights.models import OPEN, Erasure, ErasureStatus
from hep_api.rights.queries import erasures, holds
from hep_api.rights.queries.erasures import ErasureShown
from hep_api.rights.queries.exports import folder_of_exports

CARRY_OUT, REMOVE_FILES, ERASE_AGAIN = (
    "rights.carry_out_erasure",
    "rights.remove_files_of_erased",
    "rights.erase_again",
)
CARRIED_OUT_AFTER = timedelta(minutes=10)
# What others were just writing when the patient was erased has come in by then.
AGAIN_AFTER = timedelta(hours=1)


def ask_for_erasure(
    session: Session, viewer: Viewer, patient_id: UUID, words: str | None, now: datetime
) -> ErasureShown:
    """Note the wish that a patient be erased; while one is open, that one is returned."""
    access.patient_to_administer(session, viewer, patient_id)
    row = {
        "clinic_id": viewer.clinic_id,
        "id": new_id(),
        "patient_id": patient_id,
        "status": ErasureStatus.ASKED,
        "asked_by": viewer.member_id,
        "asked_at": now,
        "words": words,
    }
    asked = insert(Erasure).values(row).on_conflict_do_nothing().returning(Erasure.id)
    if session.scalar(asked) is not None:
        _tell_owners(session, viewer.clinic_id, now)
    return erasures.get_open_erasure(session, viewer, patient_id)


def approve(session: Session, viewer: Viewer, patient_id: UUID, erasure_id: UUID, now: datetime) -> ErasureShown:
    """Approve a wish; it is carried out in a few minutes. Approved again, nothing changes.

    Errors: 409 `record_held` naming until when the record is kept; 409 when it was refused.
    """
    erasure = _lock(session, viewer, patient_id, erasure_id)
    if erasure.status is ErasureStatus.ASKED:
        held = holds.held(session, viewer.clinic_id, patient_id, now)
        if held is not None:
            raise holding.still_held(held)
        _decide(session, viewer, erasure, ErasureStatus.APPROVED, now)
        payload = {
            "clinic_id": str(viewer.clinic_id),
            "erasure_id": str(erasure_id),
            "approved_at": now.isoformat(),
        }
        run_at = now + CARRIED_OUT_AFTER
        queue.enqueue(session, CARRY_OUT, payload, now=now, clinic_id=viewer.clinic_id, run_at=run_at)
    elif erasure.status is not ErasureStatus.APPROVED:
        raise conflict("/decision", "decided", "It was decided otherwise; the wish has to be asked anew.")
    return erasures.get_erasure_for(session, viewer, patient_id, erasure_id)


def refuse(
    session: Session, viewer: Viewer, patient_id: UUID, erasure_id: UUID, reason: str | None, now: datetime
) -> ErasureShown:
    """Refuse a wish, also one that was approved and is not carried out yet; the reason is shown to the person."""
    if reason is None:
        raise invalid_field("/reason", "required", "Say why; the person is shown it.")
    erasure = _lock(session, viewer, patient_id, erasure_id)
    if erasure.status in OPEN:
        erasure.refusal_reason = reason
        _decide(session, viewer, erasure, ErasureStatus.REFUSED, now)
    return erasures.get_erasure_for(session, viewer, patient_id, erasure_id)


def reopen_approved(session: Session, clinic_id: UUID, patient_id: UUID) -> None:
    """Take back the approval of a wish that is not carried out yet."""
    session.execute(
        update(Erasure)
        .where(
            Erasure.clinic_id == clinic_id,
            Erasure.patient_id == patient_id,
            Erasure.status == ErasureStatus.APPROVED,
        )
        .values(status=ErasureStatus.ASKED, decided_by=None, decided_at=None)
    )


def carry_out(session: Session, clinic_id: UUID, erasure_id: UUID, approved_at: datetime, now: datetime) -> None:
    """Carry out a wish by the approval of that instant; one that was taken back, or carried out, does nothing."""
    wish = (Erasure.clinic_id == clinic_id) & (Erasure.id == erasure_id)
    patient_id = session.scalar(select(Erasure.patient_id).where(wish))
    if patient_id is None:
        return
    # The patient before the wish, in the order of everyone who decides; the journal is written under both.
    _lock_patient(session, clinic_id, patient_id)
    erasure = session.get_one(Erasure, (clinic_id, erasure_id), with_for_update=True)
    if erasure.status is ErasureStatus.APPROVED and erasure.decided_at == approved_at:
        erase_patient(session, clinic_id, patient_id, now)


def erase_patient(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Erase a patient: the journal first, then everyone who holds something, and a look back later.

    Whoever calls has seen to it that nothing keeps the record.
    """
    _lock_patient(session, clinic_id, patient_id)
    journal.write_entry(Entry(clinic_id, patient_id, now))
    publish(session, PatientErased(clinic_id, patient_id, now))
    _note_carried_out(session, clinic_id, patient_id, now)
    payload = {"clinic_id": str(clinic_id), "patient_id": str(patient_id)}
    queue.enqueue(session, REMOVE_FILES, payload, now=now, clinic_id=clinic_id)
    queue.enqueue(session, ERASE_AGAIN, payload, now=now, clinic_id=clinic_id, run_at=now + AGAIN_AFTER)
    notes.note(session, "patient.erased", clinic_id=clinic_id, patient_id=patient_id)


def erase_again(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Remove what came in while the patient was being erased."""
    publish(session, PatientErased(clinic_id, patient_id, now))
    remove_files(clinic_id, patient_id)


def remove_files(clinic_id: UUID, patient_id: UUID) -> int:
    """Delete every file of a patient and every export; return how many there were."""
    prefixes = (folder_of_patient(clinic_id, patient_id), folder_of_exports(clinic_id, patient_id))
    return sum(files().delete_under(prefix) for prefix in prefixes)


def _lock_patient(session: Session, clinic_id: UUID, patient_id: UUID) -> None:
    """Let whoever is about to add something that refers to the patient wait, and then find nobody."""
    patient = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
    session.execute(patient.with_for_update())


def _lock(session: Session, viewer: Viewer, patient_id: UUID, erasure_id: UUID) -> Erasure:
    access.patient_to_administer(session, viewer, patient_id)
    erasure = session.get(Erasure, (viewer.clinic_id, erasure_id), with_for_update=True)
    if erasure is None or erasure.patient_id != patient_id:
        raise not_found("erasure")
    return erasure


def _tell_owners(session: Session, clinic_id: UUID, now: datetime) -> None:
    owners = session.execute(
        select(Member.account_id, Clinic.name)
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.clinic_id == clinic_id, Member.role == Role.OWNER, Member.status == MemberStatus.ACTIVE)
    )
    for owner in owners:
        tell(session, owner.account_id, Letter.ERASURE_ASKED, now, clinic=owner.name)


def _decide(session: Session, viewer: Viewer, erasure: Erasure, status: ErasureStatus, now: datetime) -> None:
    erasure.status, erasure.decided_by, erasure.decided_at = status, viewer.member_id, now
    session.flush()
    person = session.execute(
        select(Member.account_id, Clinic.name)
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.clinic_id == erasure.clinic_id, Member.id == erasure.patient_id)
    ).one()
    if person.account_id is not None:
        tell(session, person.account_id, Letter.ERASURE_DECIDED, now, clinic=person.name)


def _note_carried_out(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> None:
    """Mark the open wish as carried out; without one, leave a row that says so."""
    carried_out = {"status": ErasureStatus.CARRIED_OUT, "carried_out_at": now}
    of_patient = (Erasure.clinic_id == clinic_id) & (Erasure.patient_id == patient_id)
    marked = session.scalars(
        update(Erasure).where(of_patient, Erasure.status.in_(OPEN)).values(carried_out).returning(Erasure.id)
    ).all()
    if not marked:
        row = {"clinic_id": clinic_id, "id": new_id(), "patient_id": patient_id, "asked_at": now, **carried_out}
        session.execute(insert(Erasure).values(row))
