"""Settling how a clinic works: its settings and locations. The caller holds the clinic's row and checked If-Match."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.actions.invite_member import only_owners
from hep_api.clinics.facts import MemberAccessChanged
from hep_api.clinics.models import Clinic, Location
from hep_api.foundation.database import violated_constraint
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id

RATIOS = frozenset({"watch_from", "on_track_from"})


def change_clinic(session: Session, viewer: Viewer, clinic: Clinic, changes: dict[str, Any]) -> None:
    """Apply the changes of the clinic's settings; nothing is changed when one of them is refused.

    Errors: 403 when anyone but an owner decides who reads records, or how long they are kept; 422 when `watch_from` is
    over `on_track_from`.
    """
    if not changes:
        return
    kept = changes.get("records_kept_years", clinic.records_kept_years)
    if kept != clinic.records_kept_years and viewer.role is not Role.OWNER:
        raise only_owners("/records_kept_years", "Only owners decide how long records are kept.")
    records = changes.get("managers_may_read_records", clinic.managers_may_read_records)
    access_changes = records != clinic.managers_may_read_records
    if access_changes and viewer.role is not Role.OWNER:
        # Otherwise managers would let themselves in.
        raise only_owners("/managers_may_read_records", "Only owners decide whether managers read records.")
    for field, value in changes.items():
        setattr(clinic, field, Decimal(str(value)) if field in RATIOS else value)
    if clinic.watch_from > clinic.on_track_from:
        raise invalid_field("/watch_from", "order", "Must not be over on_track_from.")
    clinic.version += 1
    session.flush()
    if access_changes:
        publish(session, MemberAccessChanged(clinic.id, None))


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
