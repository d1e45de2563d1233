"""Changing a patient's administrative data. The caller holds the patient's row and has checked If-Match."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.actions import disable, invite
from hep_api.clinics.actions.invite_patient import refuse_future_birth
from hep_api.clinics.facts import PatientMoved
from hep_api.clinics.locations import refuse_unknown_location
from hep_api.clinics.models import Member, MemberStatus, Patient
from hep_api.clinics.names import folded
from hep_api.foundation.errors import FieldError, Problem, conflict
from hep_api.foundation.facts import publish
from hep_api.foundation.mail.delivering import forget_address

OWN_FIELDS = frozenset({"zone", "day_starts_at", "language"})


def change_patient(session: Session, viewer: Viewer, patient: Patient, changes: dict[str, Any], now: datetime) -> None:
    """Apply the changes; nothing is changed when one of them is refused."""
    if viewer.role is Role.PATIENT:
        _refuse_foreign_fields(changes)
    if not changes:
        return
    if "location_id" in changes:
        refuse_unknown_location(session, patient.clinic_id, changes["location_id"])
    has_moved = changes.get("zone", patient.zone) != patient.zone
    for field in changes.keys() & {"location_id", "birth_date", "zone", "day_starts_at", "language"}:
        setattr(patient, field, changes[field])
    refuse_future_birth(changes.get("birth_date"), patient.zone, now)
    _change_member(session, viewer, patient, changes, now)
    patient.version += 1
    session.flush()
    if has_moved:
        publish(session, PatientMoved(patient.clinic_id, patient.id))


def _refuse_foreign_fields(changes: dict[str, Any]) -> None:
    foreign = sorted(changes.keys() - OWN_FIELDS)
    if foreign:
        errors = [FieldError(f"/{field}", "role", "Your clinic changes this.") for field in foreign]
        raise Problem("role_may_not", 403, "Your role does not change these fields.", errors=errors)


def _change_member(session: Session, viewer: Viewer, patient: Patient, changes: dict[str, Any], now: datetime) -> None:
    member = session.get_one(Member, (patient.clinic_id, patient.id), with_for_update={"key_share": True})
    if "name" in changes:
        member.name, member.name_folded = changes["name"], folded(changes["name"])
    if changes.get("email", member.email) != member.email:
        _change_email(session, member, changes["email"], now)
    if changes.get("disabled"):
        disable.disable_member(session, member, viewer.member_id, now)
    elif "disabled" in changes:
        disable.enable_member(session, member)


def _change_email(session: Session, member: Member, email: str, now: datetime) -> None:
    """Correct the e-mail of somebody who has not come in; a code that went to the wrong address is good no more."""
    if member.status is not MemberStatus.INVITED:
        raise conflict("/email", "in_use", "The person signs in by this e-mail; it can be corrected only before.")
    invite.withdraw_invitation(session, member.clinic_id, member.id, now)
    member.email = email
    try:
        session.flush()
    except IntegrityError as error:
        raise invite.taken(error) from None
    forget_address(session, member.clinic_id, member.id)
