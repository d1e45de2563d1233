"""Care teams as they are now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, aliased

from hep_api.accounts.viewer import Viewer
from hep_api.clinics import access
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus, Patient
from hep_api.foundation.errors import not_found


@dataclass(frozen=True, slots=True)
class Place:
    """A present member of a care team; with `covers_for` in somebody's stead, `until` then."""

    member_id: UUID
    name: str
    is_lead: bool
    joined_at: datetime
    covers_for: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CareTeam:
    """Who cares for a patient now, the lead first."""

    patient_id: UUID
    members: Sequence[Place]


def list_present_places(
    session: Session, clinic_id: UUID, patient_ids: Sequence[UUID]
) -> defaultdict[UUID, list[Place]]:
    """Return the present places by patient, the lead first, then as they joined, then who covers; one statement.

    Who has a place of their own stands in for nobody. Whether the viewer may see these patients is the caller's to
    have asked.
    """
    rows = session.execute(
        select(
            CareTeamPlace.patient_id,
            CareTeamPlace.member_id,
            Member.name,
            CareTeamPlace.is_lead,
            CareTeamPlace.joined_at,
            CareTeamPlace.covers_for,
            CareTeamPlace.until,
        )
        .join(Member, (Member.clinic_id == CareTeamPlace.clinic_id) & (Member.id == CareTeamPlace.member_id))
        .where(CareTeamPlace.clinic_id == clinic_id, CareTeamPlace.patient_id.in_(patient_ids), access.is_held())
        .order_by(
            CareTeamPlace.is_lead.desc(),
            CareTeamPlace.covers_for.is_not(None),
            CareTeamPlace.joined_at,
            CareTeamPlace.id,
        )
    )
    places: defaultdict[UUID, dict[UUID, Place]] = defaultdict(dict)
    for row in rows:
        places[row.patient_id].setdefault(row.member_id, Place(*row[1:]))
    return defaultdict(list, {patient_id: list(team.values()) for patient_id, team in places.items()})


def list_in_line(session: Session, clinic_id: UUID, patient_id: UUID) -> list[UUID]:
    """Return who of a patient's care team is turned to, one after the other: the lead, who stands in for the lead, the
    others as they joined. Whose access has ended is left out.
    """
    lead = aliased(CareTeamPlace)
    leads = select(lead.member_id).where(
        lead.clinic_id == clinic_id, lead.patient_id == patient_id, lead.left_at.is_(None), lead.is_lead
    )
    for_lead = func.coalesce(CareTeamPlace.covers_for == leads.scalar_subquery(), false())
    members = session.scalars(
        select(CareTeamPlace.member_id)
        .join(Member, (Member.clinic_id == CareTeamPlace.clinic_id) & (Member.id == CareTeamPlace.member_id))
        .where(
            CareTeamPlace.clinic_id == clinic_id,
            CareTeamPlace.patient_id == patient_id,
            access.is_held(),
            Member.status == MemberStatus.ACTIVE,
        )
        .order_by(CareTeamPlace.is_lead.desc(), for_lead.desc(), CareTeamPlace.joined_at, CareTeamPlace.id)
    )
    return list(dict.fromkeys(members))


def get_care_team_for(session: Session, viewer: Viewer, patient_id: UUID) -> CareTeam:
    """Return the care team of a patient whom the viewer may administer; 404 otherwise."""
    patient = select(Patient.id).where(access.may_administer_patient(viewer), Patient.id == patient_id)
    if session.scalar(patient) is None:
        raise not_found("patient")
    access.note_patient(session, viewer, patient_id)
    return get_care_team(session, viewer.clinic_id, patient_id)


def get_care_team(session: Session, clinic_id: UUID, patient_id: UUID) -> CareTeam:
    """Return a patient's care team; whether the viewer may see it is the caller's to have asked."""
    return CareTeam(patient_id, list_present_places(session, clinic_id, [patient_id])[patient_id])
