"""The places that a colleague holds in an absent practitioner's stead: made while a cover runs, ended with it.

A cover's places follow the absent one's own. They carry the instant at which they end, so nobody who has lost a place
waits for a job to lose it; that it is told, and written down, is what the jobs are for.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.audit import notes
from hep_api.clinics.access import is_held
from hep_api.clinics.facts import CareTeamChanged, PatientInvited
from hep_api.clinics.models import CareTeamPlace, Cover, Member, MemberStatus, Patient
from hep_api.foundation import clock
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.types import INSTANT

IN_STEAD = CareTeamPlace.covers_for.is_not(None) & CareTeamPlace.left_at.is_(None)
OWN = CareTeamPlace.covers_for.is_(None) & CareTeamPlace.left_at.is_(None)


def lock_patients_of(session: Session, clinic_id: UUID, *member_ids: UUID) -> None:
    """Let changes of the care teams on which members are wait until the commit. Comes first, in the order of ids."""
    place = exists().where(
        CareTeamPlace.clinic_id == Patient.clinic_id,
        CareTeamPlace.patient_id == Patient.id,
        CareTeamPlace.member_id.in_(member_ids),
        CareTeamPlace.left_at.is_(None),
    )
    patients = select(Patient.id).where(Patient.clinic_id == clinic_id, place).order_by(Patient.id)
    session.execute(patients.with_for_update(key_share=True, of=Patient)).all()


def take_places(session: Session, clinic_id: UUID, among: ColumnElement[bool], now: datetime) -> None:
    """Give the colleagues of covers that run their places beside the absent ones' own, where `among` holds on `Cover`
    and `CareTeamPlace`; those that they have already stay. A colleague whose access has ended gets none.
    """
    wanted = session.execute(
        select(CareTeamPlace.patient_id, Cover.covering_id, Cover.absent_id, Cover.ends_at)
        .join(Cover, (Cover.clinic_id == CareTeamPlace.clinic_id) & (Cover.absent_id == CareTeamPlace.member_id))
        .join(Member, (Member.clinic_id == Cover.clinic_id) & (Member.id == Cover.covering_id))
        .where(CareTeamPlace.clinic_id == clinic_id, OWN, Cover.starts_at <= now, now < Cover.ends_at)
        .where(Cover.ended_at.is_(None), Member.status == MemberStatus.ACTIVE, among)
        .order_by(CareTeamPlace.patient_id)
    ).all()
    if not wanted:
        return
    of_patients = CareTeamPlace.patient_id.in_([each.patient_id for each in wanted])
    end_places(session, clinic_id, of_patients & (CareTeamPlace.until <= now), now)
    before = _holders(session, clinic_id, [(each.patient_id, each.covering_id) for each in wanted])
    taken = session.execute(
        insert(CareTeamPlace)
        .values([_place(clinic_id, each, now) for each in wanted])
        .on_conflict_do_nothing()
        .returning(CareTeamPlace.patient_id, CareTeamPlace.member_id, CareTeamPlace.covers_for)
    ).all()
    _note(session, "cover.begun", taken)
    for patient_id, member_id in sorted({(each.patient_id, each.member_id) for each in taken} - before):
        publish(session, CareTeamChanged(clinic_id, patient_id, member_id, None))


def end_places(session: Session, clinic_id: UUID, among: ColumnElement[bool], now: datetime) -> None:
    """End the places held in somebody's stead where `among` holds on `CareTeamPlace`, at `now` or when they ended."""
    ended = _close(session, clinic_id, among, now)
    pairs = {(each.patient_id, each.member_id) for each in ended}
    for patient_id, member_id in sorted(pairs - _holders(session, clinic_id, pairs)):
        publish(session, CareTeamChanged(clinic_id, patient_id, None, member_id))


def end_places_of(session: Session, patient: Patient, member_id: UUID, now: datetime) -> bool:
    """End a member's places in others' stead on one care team; tell whether there was one. Who calls publishes it."""
    theirs = (CareTeamPlace.patient_id == patient.id) & (CareTeamPlace.member_id == member_id) & is_held()
    return bool(_close(session, patient.clinic_id, theirs, now))


def cover_new_patient(session: Session, fact: PatientInvited) -> None:
    """React to a new patient: whoever leads may be absent."""
    take_places(session, fact.clinic_id, CareTeamPlace.patient_id == fact.patient_id, clock.now())


def follow_care_team(session: Session, fact: CareTeamChanged) -> None:
    """React to a care team that has changed: with the absent one's own place their colleague's comes and goes."""
    now, of_patient = clock.now(), CareTeamPlace.patient_id == fact.patient_id
    if fact.left_member_id is not None:
        end_places(session, fact.clinic_id, of_patient & (CareTeamPlace.covers_for == fact.left_member_id), now)
    if fact.joined_member_id is not None:
        joined = CareTeamPlace.member_id == fact.joined_member_id
        take_places(session, fact.clinic_id, of_patient & joined, now)


def _close(
    session: Session, clinic_id: UUID, among: ColumnElement[bool], now: datetime
) -> Sequence[Row[UUID, UUID, UUID | None]]:
    closed = session.execute(
        update(CareTeamPlace)
        .where(CareTeamPlace.clinic_id == clinic_id, IN_STEAD, among)
        .values(left_at=func.least(CareTeamPlace.until, literal(now, INSTANT)))
        .returning(CareTeamPlace.patient_id, CareTeamPlace.member_id, CareTeamPlace.covers_for),
        execution_options={"synchronize_session": False},
    ).all()
    _note(session, "cover.ended", closed)
    return closed


def _holders(session: Session, clinic_id: UUID, pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return which of these patients and members have a place together now."""
    if not pairs:
        return set()
    patient_and_member = tuple_(CareTeamPlace.patient_id, CareTeamPlace.member_id)
    held = select(CareTeamPlace.patient_id, CareTeamPlace.member_id).where(
        CareTeamPlace.clinic_id == clinic_id, is_held(), patient_and_member.in_(pairs)
    )
    return {(each.patient_id, each.member_id) for each in session.execute(held)}


def _place(clinic_id: UUID, wanted: Any, now: datetime) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "id": new_id(),
        "patient_id": wanted.patient_id,
        "member_id": wanted.covering_id,
        "is_lead": False,
        "joined_at": now,
        "covers_for": wanted.absent_id,
        "until": wanted.ends_at,
    }


def _note(session: Session, action: str, places: Collection[Any]) -> None:
    for each in places:
        subject = {"absent_id": str(each.covers_for), "covering_id": str(each.member_id)}
        notes.note(session, action, patient_id=each.patient_id, subject=subject)
