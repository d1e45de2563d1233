"""Who answers for a patient at this moment, asked anew at each telling: teams change between a cause and its notice."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import LEADERS
from hep_api.clinics.access import is_held
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus


def list_responsible(session: Session, clinic_id: UUID, patient_id: UUID, named: UUID | None) -> list[UUID]:
    """Return whom something of a patient's is given to, if of the care team, else who leads it; and who stands in for
    them, so that it reaches both.
    """
    places = session.execute(
        select(CareTeamPlace.member_id, CareTeamPlace.covers_for)
        .join(Member, (Member.clinic_id == CareTeamPlace.clinic_id) & (Member.id == CareTeamPlace.member_id))
        .where(
            CareTeamPlace.clinic_id == clinic_id,
            CareTeamPlace.patient_id == patient_id,
            is_held(),
            Member.status == MemberStatus.ACTIVE,
        )
        .order_by(
            CareTeamPlace.is_lead.desc(),
            CareTeamPlace.covers_for.is_not(None),
            CareTeamPlace.joined_at,
            CareTeamPlace.id,
        )
    ).all()
    team = [place.member_id for place in places]
    if not team:
        return []
    whose = named if named in team else team[0]
    return list(dict.fromkeys([whose, *(place.member_id for place in places if place.covers_for == whose)]))


def list_leaders(session: Session, clinic_id: UUID) -> Sequence[UUID]:
    """Return a clinic's leaders, whose access stands."""
    leading = (Member.clinic_id == clinic_id) & Member.role.in_(LEADERS) & (Member.status == MemberStatus.ACTIVE)
    return session.scalars(select(Member.id).where(leading).order_by(Member.id)).all()
