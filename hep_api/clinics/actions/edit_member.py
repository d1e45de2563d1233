"""Changing a member of the staff. The caller holds the clinic's and the member's row and has checked If-Match."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hep_api.accounts.step_up import require_step_up
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics.actions import disable
from hep_api.clinics.actions.invite_member import only_owners
from hep_api.clinics.facts import MemberAccessChanged
from hep_api.clinics.locations import refuse_unknown_location
from hep_api.clinics.models import Member
from hep_api.clinics.names import folded
from hep_api.clinics.queries import members
from hep_api.foundation.errors import conflict
from hep_api.foundation.facts import publish


def change_member(session: Session, viewer: Viewer, member: Member, changes: dict[str, Any], now: datetime) -> None:
    """Apply the changes; nothing is changed when one of them is refused.

    Errors: 403 when a manager changes a leader or any role, and `second_factor_needed` for a role; 409 for the last
    owner, and for the role of a practitioner who is still on care teams; 422 naming `/location_id`.
    """
    if "role" in changes and viewer.role is not Role.OWNER:
        raise only_owners("/role", "Only owners change roles.")
    refuse_foreign(viewer, member)
    if not changes:
        return
    if changes.get("location_id") is not None:
        refuse_unknown_location(session, member.clinic_id, changes["location_id"])
    if "location_id" in changes:
        member.location_id = changes["location_id"]
    if "name" in changes:
        member.name, member.name_folded = changes["name"], folded(changes["name"])
    if "role" in changes:
        _change_role(session, viewer, member, Role(changes["role"]), now)
    _change_access(session, viewer, member, changes, now)
    member.version += 1
    session.flush()


def refuse_foreign(viewer: Viewer, member: Member) -> None:
    """Refuse a manager who would change another leader."""
    if Role.OWNER is viewer.role or Role.PRACTITIONER is member.role or member.id == viewer.member_id:
        return
    raise only_owners("", "Only owners change managers and owners.")


def _change_role(session: Session, viewer: Viewer, member: Member, role: Role, now: datetime) -> None:
    if role is member.role:
        return
    require_step_up(session, viewer, now)
    if members.is_last_owner(session, member):
        raise conflict("/role", "last_owner", "A clinic keeps at least one active owner.")
    if members.is_on_a_care_team(session, member):
        raise conflict("/role", "care_teams", "Take the practitioner off all care teams first.")
    changed = {"member_id": str(member.id), "from": member.role.value, "to": role.value}
    notes.note(session, "member.role_changed", subject=changed)
    member.role = role
    session.flush()
    publish(session, MemberAccessChanged(member.clinic_id, member.id))


def _change_access(session: Session, viewer: Viewer, member: Member, changes: dict[str, Any], now: datetime) -> None:
    if "disabled" not in changes:
        return
    if not changes["disabled"]:
        disable.enable_member(session, member)
        return
    if members.is_last_owner(session, member):
        raise conflict("/disabled", "last_owner", "A clinic keeps at least one active owner.")
    disable.disable_member(session, member, viewer.member_id, now)
