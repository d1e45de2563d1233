"""Who is named on paper: the clinic, the patient and who leads the care team."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.models import CareTeamPlace, Clinic, Location, Member, Patient


@dataclass(frozen=True, slots=True)
class Heading:
    """Names as they are now; `practitioner` leads the care team, "" while nobody does."""

    clinic: str
    location: str
    patient: str
    practitioner: str


def heading_of(session: Session, patient: Patient) -> Heading:
    """Return who is named on paper of a patient, in one statement."""
    lead = (
        select(Member.name)
        .join(CareTeamPlace, (CareTeamPlace.clinic_id == Member.clinic_id) & (CareTeamPlace.member_id == Member.id))
        .where(CareTeamPlace.clinic_id == patient.clinic_id, CareTeamPlace.patient_id == patient.id)
        .where(CareTeamPlace.is_lead, CareTeamPlace.left_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(Clinic.name, Location.name, Member.name, lead)
        .join(Location, Location.clinic_id == Clinic.id)
        .join(Member, Member.clinic_id == Clinic.id)
        .where(Clinic.id == patient.clinic_id, Location.id == patient.location_id, Member.id == patient.id)
    ).one()
    return Heading(row[0], row[1], row[2], row[3] or "")


def initials(name: str) -> str:
    """Return the first letters of a name's words: "K. M."."""
    return " ".join(f"{word[0].upper()}." for word in name.split())
