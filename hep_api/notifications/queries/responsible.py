"""Who answers for a patient at this moment, asked anew at each telling: teams change between a cause and its notice."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import LEADERS
from hep_api.clinics.access import is_held
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus

# A patient, and whom something of theirs is given to.
Given = tuple[UUID, UUID | None]
# Who holds a place in a care team, and in whose stead.
Place = tuple[UUID, UUID | None]


def list_responsible(session: Session, clinic_id: UUID, patient_id: UUID, named: UUID | None) -> list[UUID]:
    """Return whom something of a patient's is given to, if of the care team, else who leads it; and who stands in for
    them, so that it reaches both.
    """
    return responsible_for(session, clinic_id, [(patient_id, named)])[patient_id, named]


def responsible_for(session: Session, clinic_id: UUID, given: Collection[Given]) -> dict[Given, list[UUID]]:
    """Return the same of each patient's, in one statement, whatever the number."""
    places = session.execute(
        select(CareTeamPlace.patient_id, CareTeamPlace.member_id, CareTeamPlace.covers_for)
        .join(Member, (Member.clinic_id == CareTeamPlace.clinic_id) & (Member.id == CareTeamPlace.member_id))
        .where(
            CareTeamPlace.clinic_id == clinic_id,
            CareTeamPlace.patient_id.in_({patient_id for patient_id, _ in given}),
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
    teams: defaultdict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        teams[place.patient_id].append((place.member_id, place.covers_for))
    return {(patient_id, named): _responsible(teams[patient_id], named) for patient_id, named in given}


def list_leaders(session: Session, clinic_id: UUID) -> Sequence[UUID]:
    """Return a clinic's leaders, whose access stands."""
    leading = (Member.clinic_id == clinic_id) & Member.role.in_(LEADERS) & (Member.status == MemberStatus.ACTIVE)
    return session.scalars(select(Member.id).where(leading).order_by(Member.id)).all()


def _responsible(team: Sequence[Place], named: UUID | None) -> list[UUID]:
    """Return who answers, of the places of a team in their order."""
    if not team:
        return []
    whose = next((member_id for member_id, _ in team if member_id == named), team[0][0])
    return list(dict.fromkeys([whose, *(member_id for member_id, covers_for in team if covers_for == whose)]))
