"""Opening a clinic from the command line: the clinic, its first location, and its owner's invitation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics.actions import invite
from hep_api.clinics.models import Clinic, Location, Member
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.foundation import tenancy
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import conflict, not_found
from hep_api.foundation.identifiers import new_id


@dataclass(frozen=True, slots=True)
class OpenedClinic:
    """A clinic whose owner is invited."""

    clinic_id: UUID
    location_id: UUID
    owner_id: UUID
    invitation: IssuedInvitation


def open_clinic(session: Session, terms: dict[str, Any], link_start: str, now: datetime) -> OpenedClinic:
    """Make a clinic of `name`, `slug`, `zone`, `location`, `owner_name`, `owner_email`; 409 when the slug is taken."""
    clinic_id = new_id()
    tenancy.act_for(session, clinic_id)
    clinic = Clinic(id=clinic_id, name=terms["name"], slug=terms["slug"], zone=terms["zone"], created_at=now)
    session.add(clinic)
    try:
        session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "clinic_slug_key":
            raise conflict("/slug", "taken", "Another clinic has this slug.") from None
        raise
    location = Location(clinic_id=clinic.id, id=new_id(), name=terms["location"], created_at=now)
    session.add(location)
    session.flush()
    owner = Member(
        clinic_id=clinic.id,
        id=new_id(),
        role=Role.OWNER,
        name=terms["owner_name"],
        email=terms["owner_email"],
        location_id=location.id,
        created_at=now,
    )
    invite.add_member(session, owner)
    invitation = invite.issue_invitation(session, clinic.id, owner.id, None, link_start, now)
    return OpenedClinic(clinic.id, location.id, owner.id, invitation)


def invite_again(session: Session, slug: str, email: str, link_start: str, now: datetime) -> IssuedInvitation:
    """Make a fresh invitation for a member who has not come in; for an owner whose first one has expired."""
    clinic_id = session.scalar(select(Clinic.id).where(Clinic.slug == slug))
    if clinic_id is None:
        raise not_found("member")
    tenancy.act_for(session, clinic_id)
    member_id = session.scalar(select(Member.id).where(Member.clinic_id == clinic_id, Member.email == email))
    if member_id is None:
        raise not_found("member")
    return invite.issue_invitation(session, clinic_id, member_id, None, link_start, now)
