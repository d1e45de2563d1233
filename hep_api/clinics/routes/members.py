"""HTTP doors of the clinic's staff."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import LEADERS, STAFF, viewer
from hep_api.clinics.actions import edit_member, invitation_mails, invite, invite_member
from hep_api.clinics.links import link_start
from hep_api.clinics.queries import members
from hep_api.clinics.queries.members import MemberShown
from hep_api.clinics.queries.patients import IssuedInvitation
from hep_api.clinics.schemas.members import InvitedMemberOut, MemberChangeIn, MemberIn, MemberOut, MemberQuery
from hep_api.clinics.schemas.patients import InvitationOut, InvitationQuery
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of

routes = Routes("members", "The clinic's practitioners, managers and owners.")


@routes.get("/members")
@signed_in(*STAFF)
@asks(MemberQuery)
@returns(page_of(MemberOut))
def list_members(query: dict[str, Any]) -> Page[MemberShown]:
    """List the clinic's staff by name."""
    with transaction() as session:
        return members.list_members_for(session, viewer(), query)


@routes.post("/members")
@signed_in(*LEADERS)
@takes(MemberIn)
@returns(InvitedMemberOut, 201, tag=etags.by_version)
def invite_new_member(body: dict[str, Any]) -> MemberShown:
    """Invite a practitioner, or, as an owner with a second factor shown in the last ten minutes, a manager or owner.

    The code and link are shown this once and last seven days; unless `send_mail` is false they are mailed, too.

    Errors: 403 naming `/role`; 403 `second_factor_needed`; 409 naming `/email` when taken.
    """
    with transaction() as session:
        return invite_member.invite_member(session, viewer(), body, link_start(), clock.now())


@routes.get("/members/<uuid:member_id>")
@signed_in(*STAFF)
@returns(MemberOut, tag=etags.by_version)
def get_member(member_id: UUID) -> MemberShown:
    """Show one of the clinic's staff."""
    with transaction() as session:
        return members.get_member_for(session, viewer(), member_id)


@routes.patch("/members/<uuid:member_id>")
@signed_in(*LEADERS)
@takes(MemberChangeIn)
@returns(MemberOut, tag=etags.by_version)
def change_member(member_id: UUID, body: dict[str, Any]) -> MemberShown:
    """Change a member's name, location, role or access; needs If-Match.

    Managers change practitioners and themselves; only owners change roles, with a second factor shown in the last ten
    minutes.

    Errors: 403 naming what only owners change; 403 `second_factor_needed` for a role; 409 for the last owner, and for a
    role while still on care teams.
    """
    with transaction() as session:
        member = members.lock_member(session, viewer(), member_id)
        etags.require_match(member.id, member.version)
        edit_member.change_member(session, viewer(), member, body, clock.now())
        return members.get_member_for(session, viewer(), member_id)


@routes.post("/members/<uuid:member_id>/invitation")
@signed_in(*LEADERS)
@asks(InvitationQuery)
@returns(InvitationOut, 201)
def invite_member_again(member_id: UUID, query: dict[str, Any]) -> IssuedInvitation:
    """Make a fresh invitation for a member who has not come in yet, and mail it; the older codes end.

    Errors: 403 when a manager does it for a leader, and `second_factor_needed` when an owner does; 409 when the member
    is active or disabled.
    """
    with transaction() as session:
        member = members.lock_member(session, viewer(), member_id)
        at, now = viewer(), clock.now()
        invite_member.refuse_unproven(session, at, member.role, now)
        if query["send_mail"]:
            invitation_mails.mail_invitation(session, at.clinic_id, member_id, now)
        return invite.issue_invitation(session, at.clinic_id, member_id, at.member_id, link_start(), now)
