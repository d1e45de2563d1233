"""Settling what a clinic does about messages, and when it is open. The caller holds the clinic's row and has compared
If-Match: all settings of a clinic have its version.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic
from hep_api.foundation.facts import publish
from hep_api.messaging.facts.hours import OpeningHoursChanged
from hep_api.messaging.models.policies import LocationHours, MessagingPolicy

WHEN_OPEN = frozenset({"opening_hours", "holidays"})


def change_policy(session: Session, clinic: Clinic, changes: dict[str, Any]) -> None:
    """Apply the changes; what is as before is none."""
    kept = session.get(MessagingPolicy, clinic.id) or _begin(session, clinic.id)
    changed = {name for name, value in changes.items() if value != getattr(kept, name)}
    if not changed:
        return
    for name in changed:
        setattr(kept, name, changes[name])
    _turn_version(session, clinic)
    if changed & WHEN_OPEN:
        publish(session, OpeningHoursChanged(clinic.id))


def set_location_hours(session: Session, clinic: Clinic, location_id: UUID, hours: dict[str, Any]) -> None:
    """Give a location hours of its own, in place of the clinic's."""
    key = {"clinic_id": clinic.id, "location_id": location_id}
    setting = insert(LocationHours).values(**key, **hours)
    session.execute(setting.on_conflict_do_update(index_elements=list(key), set_=hours))
    _turn_version(session, clinic)
    publish(session, OpeningHoursChanged(clinic.id))


def remove_location_hours(session: Session, clinic: Clinic, location_id: UUID) -> None:
    """Let the clinic's hours be the location's again."""
    session.execute(
        delete(LocationHours).where(LocationHours.clinic_id == clinic.id, LocationHours.location_id == location_id)
    )
    _turn_version(session, clinic)
    publish(session, OpeningHoursChanged(clinic.id))


def _begin(session: Session, clinic_id: UUID) -> MessagingPolicy:
    """Begin with what a clinic has that has settled nothing."""
    policy = MessagingPolicy(clinic_id=clinic_id)
    session.add(policy)
    session.flush()
    return policy


def _turn_version(session: Session, clinic: Clinic) -> None:
    clinic.version += 1
    session.flush()
