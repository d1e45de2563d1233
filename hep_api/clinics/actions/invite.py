"""Inviting people: a member without an account, and a code that lets them in once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.clinics import codes
from hep_api.clinics.facts import InvitationWithdrawn
from hep_api.clinics.models import Invitation, Member, MemberStatus, Patient
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import Problem, conflict, not_found
from hep_api.foundation.facts import publish


def withdraw_invitation(session: Session, clinic_id: UUID, member_id: UUID, now: datetime) -> None:
    """End the member's open code, if there is one; it is good no more, whatever becomes of the member."""
    withdrawn = session.scalars(
        update(Invitation)
        .where(
            Invitation.clinic_id == clinic_id,
            Invitation.member_id == member_id,
            Invitation.accepted_at.is_(None),
            Invitation.superseded_at.is_(None),
        )
        .values(superseded_at=now)
        .returning(Invitation.id)
    ).all()
    if withdrawn:
        publish(session, InvitationWithdrawn(clinic_id, member_id))


def issue_invitation(
    session: Session, clinic_id: UUID, member_id: UUID, invited_by: UUID | None, link_start: str, now: datetime
) -> IssuedInvitation:
    """Make a code for a member who is not active yet, and end the older one. It is shown once: a digest is kept.

    Errors: 409 when the member is active already, or disabled; for a patient naming `/birth_date` when the clinic does
    not know it, as it is asked for when the code is used.
    """
    _lock_invited_member(session, clinic_id, member_id)
    withdraw_invitation(session, clinic_id, member_id, now)
    code = codes.new_code()
    invitation = Invitation(
        clinic_id=clinic_id,
        member_id=member_id,
        code_digest=codes.digest_of(code),
        invited_by=invited_by,
        created_at=now,
        expires_at=now + codes.VALID_FOR,
    )
    session.add(invitation)
    session.flush()
    return IssuedInvitation(code, link_start + code, invitation.expires_at)


def add_member(session: Session, member: Member) -> None:
    """Add a member who is to be invited; 409 naming what another member of the clinic has already."""
    try:
        session.add(member)
        session.flush()
    except IntegrityError as error:
        raise taken(error) from None


def taken(error: IntegrityError) -> Problem:
    """Return the conflict behind a broken key of `member`; any other error is raised again."""
    broken = violated_constraint(error)
    if broken == "member_clinic_id_email_key":
        return conflict("/email", "taken", "A member of this clinic has this e-mail already.")
    if broken == "member_pkey":
        return conflict("/id", "taken", "This id is taken.")
    raise error


def _lock_invited_member(session: Session, clinic_id: UUID, member_id: UUID) -> None:
    member = session.execute(
        select(Member.status, Member.role, Patient.birth_date)
        .outerjoin(Patient, (Patient.clinic_id == Member.clinic_id) & (Patient.id == Member.id))
        .where(Member.clinic_id == clinic_id, Member.id == member_id)
        .with_for_update(key_share=True, of=Member)
    ).one_or_none()
    if member is None:
        raise not_found("member")
    if member.status is not MemberStatus.INVITED:
        raise conflict("", "status", f"Only who has not come in yet is invited anew; this member is {member.status}.")
    if member.role is Role.PATIENT and member.birth_date is None:
        raise conflict("/birth_date", "required", "Add the patient's birth date first: it is asked for with the code.")
