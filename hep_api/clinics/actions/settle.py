"""Settling how a clinic works: its settings and locations. The caller holds the clinic's row and checked If-Match."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.step_up import require_step_up
from hep_api.accounts.viewer import Role, Viewer
from hep_api.audit import notes
from hep_api.clinics.actions.invite_member import only_owners
from hep_api.clinics.facts import MemberAccessChanged, ResponseHoursChanged, SecondFactorRequired
from hep_api.clinics.models import Clinic, Location
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id

RATIOS = frozenset({"watch_from", "on_track_from"})
# Managers would otherwise let themselves in, or by with less.
OWNERS_DECIDE = {
    "managers_may_read_records": "Only owners decide whether managers read records.",
    "records_kept_years": "Only owners decide how long records are kept.",
    "second_factor_required": "Only owners decide whether the staff need a second factor.",
}


def change_clinic(session: Session, viewer: Viewer, clinic: Clinic, changes: dict[str, Any], now: datetime) -> None:
    """Apply the changes of the clinic's settings; nothing is changed when one of them is refused.

    Errors: 403 when anyone but an owner decides what owners decide, and `second_factor_needed` until the owner has
    shown one; 422 when `watch_from` is over `on_track_from`.
    """
    if not changes:
        return
    changed = {field for field, value in changes.items() if value != getattr(clinic, field)}
    for field in sorted(changed & OWNERS_DECIDE.keys()):
        if viewer.role is not Role.OWNER:
            raise only_owners(f"/{field}", OWNERS_DECIDE[field])
    if changed & OWNERS_DECIDE.keys():
        require_step_up(session, viewer, now)
    for field, value in changes.items():
        setattr(clinic, field, Decimal(str(value)) if field in RATIOS else value)
    if clinic.watch_from > clinic.on_track_from:
        raise invalid_field("/watch_from", "order", "Must not be over on_track_from.")
    clinic.version += 1
    session.flush()
    if changed & OWNERS_DECIDE.keys():
        decided = {field: str(changes[field]).lower() for field in sorted(changed & OWNERS_DECIDE.keys())}
        notes.note(session, "clinic.policy_changed", subject=decided)
    _tell(session, clinic, changed)


def _tell(session: Session, clinic: Clinic, changed: set[str]) -> None:
    if "managers_may_read_records" in changed:
        publish(session, MemberAccessChanged(clinic.id, None))
    if "second_factor_required" in changed and clinic.second_factor_required:
        publish(session, SecondFactorRequired(clinic.id))
    # By another zone the hours within which it is open are others too.
    if changed & {"response_hours", "zone"}:
        publish(session, ResponseHoursChanged(clinic.id))


def add_location(session: Session, viewer: Viewer, name: str, now: datetime) -> Location:
    """Add a practice site; 409 when the clinic has one of that name."""
    location = Location(clinic_id=viewer.clinic_id, id=new_id(), name=name, created_at=now)
    session.add(location)
    try:
        session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "location_clinic_id_name_key":
            raise conflict("/name", "taken", "The clinic has a location of this name already.") from None
        raise
    return location
