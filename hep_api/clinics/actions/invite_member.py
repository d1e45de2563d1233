"""Inviting a practitioner, manager or owner."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.step_up import require_step_up
from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.actions import invitation_mails, invite
from hep_api.clinics.locations import refuse_unknown_location
from hep_api.clinics.models import Member
from hep_api.clinics.queries import members
from hep_api.clinics.queries.members import MemberShown
from hep_api.foundation.errors import FieldError, Problem
from hep_api.foundation.identifiers import new_id


def invite_member(
    session: Session, viewer: Viewer, body: dict[str, Any], link_start: str, now: datetime
) -> MemberShown:
    """Make a member of the clinic's staff and return them with the invitation.

    Errors: 403 naming `/role` when a manager invites a leader, and `second_factor_needed` when an owner does; 409
    naming `/email`; 422 naming `/location_id`.
    """
    role = Role(body["role"])
    refuse_unproven(session, viewer, role, now)
    if body["location_id"] is not None:
        refuse_unknown_location(session, viewer.clinic_id, body["location_id"])
    member = Member(
        clinic_id=viewer.clinic_id,
        id=new_id(),
        role=role,
        name=body["name"],
        email=body["email"],
        location_id=body["location_id"],
        created_at=now,
    )
    invite.add_member(session, member)
    invitation = invite.issue_invitation(session, viewer.clinic_id, member.id, viewer.member_id, link_start, now)
    if body["send_mail"]:
        invitation_mails.mail_invitation(session, viewer.clinic_id, member.id, now)
    return replace(members.get_member_for(session, viewer, member.id), invitation=invitation)


def refuse_unproven(session: Session, viewer: Viewer, role: Role, now: datetime) -> None:
    """Refuse whoever may not hand out a way in with this role: it is to give the role, as changing one is."""
    if role is Role.PRACTITIONER:
        return
    if viewer.role is not Role.OWNER:
        raise only_owners("/role", "Only owners invite managers and owners.")
    require_step_up(session, viewer, now)


def only_owners(field: str, detail: str) -> Problem:
    """Return the refusal of what only an owner does, naming the field."""
    return Problem("role_may_not", 403, detail, errors=[FieldError(field, "role", detail)])
