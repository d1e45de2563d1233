"""Who is on a care team, and who leads it. The caller holds the patient's row, so changes of one team queue up.

A team always has exactly one lead; the last one cannot leave, and a lead hands the lead on before leaving.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hep_api.clinics.actions import covering
from hep_api.clinics.facts import CareTeamChanged
from hep_api.clinics.models import CareTeamPlace, Patient
from hep_api.clinics.queries import members
from hep_api.foundation.errors import Problem, conflict, not_found
from hep_api.foundation.facts import publish


def join_care_team(session: Session, patient: Patient, member_id: UUID, now: datetime) -> None:
    """Give a practitioner a place, not as lead; whoever has one keeps it. 422 naming `/member_id` for others."""
    members.practitioner_named(session, patient.clinic_id, member_id, "/member_id")
    if _place(session, patient, member_id) is not None:
        return
    session.add(
        CareTeamPlace(
            clinic_id=patient.clinic_id, patient_id=patient.id, member_id=member_id, is_lead=False, joined_at=now
        )
    )
    _changed(session, patient, joined=member_id)


def hand_lead_to(session: Session, patient: Patient, member_id: UUID) -> None:
    """Make someone on the team its lead; the one before stays on the team."""
    lead, next_lead = _lead(session, patient), _place(session, patient, member_id)
    if next_lead is None:
        raise not_found("care team member")
    if next_lead is lead:
        return
    if lead is not None:
        lead.is_lead = False
        # First no lead, then the other: the index allows one at every moment.
        session.flush()
    next_lead.is_lead = True
    _changed(session, patient)


def leads(session: Session, patient: Patient, member_id: UUID) -> bool:
    """Return whether a member leads the care team."""
    lead = _lead(session, patient)
    return lead is not None and lead.member_id == member_id


def leave_care_team(session: Session, patient: Patient, member_id: UUID, now: datetime) -> None:
    """End a member's places, also one in somebody's stead; they see the patient no more. 409 for the last one and for
    the lead.
    """
    place = _place(session, patient, member_id)
    in_stead = covering.end_places_of(session, patient, member_id, now)
    if place is None and not in_stead:
        raise not_found("care team member")
    if place is not None:
        if place.is_lead:
            raise _may_not_leave(session, patient)
        place.left_at = now
    _changed(session, patient, left=member_id)


def _may_not_leave(session: Session, patient: Patient) -> Problem:
    present = session.scalars(_present(patient)).all()
    if len(present) == 1:
        return conflict("", "last", "The last one of a care team cannot leave it.")
    return conflict("", "lead", "The lead hands the lead to another of the team before leaving.")


def _place(session: Session, patient: Patient, member_id: UUID) -> CareTeamPlace | None:
    return session.scalar(_present(patient).where(CareTeamPlace.member_id == member_id))


def _lead(session: Session, patient: Patient) -> CareTeamPlace | None:
    return session.scalar(_present(patient).where(CareTeamPlace.is_lead))


def _present(patient: Patient) -> Select[CareTeamPlace]:
    """Select the places that are their holders' own; who stands in for somebody does not lead, and may leave."""
    return select(CareTeamPlace).where(
        CareTeamPlace.clinic_id == patient.clinic_id,
        CareTeamPlace.patient_id == patient.id,
        CareTeamPlace.left_at.is_(None),
        CareTeamPlace.covers_for.is_(None),
    )


def _changed(session: Session, patient: Patient, *, joined: UUID | None = None, left: UUID | None = None) -> None:
    session.flush()
    publish(session, CareTeamChanged(patient.clinic_id, patient.id, joined, left))
