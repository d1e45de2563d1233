"""Telling members on their phones: a row for each device, and the job that delivers them, in the transaction of their
cause. What is told of, and whether somebody wants to hear of it, was decided before.
"""

import base64
import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hep_api.foundation.identifiers import new_id
from hep_api.notifications.delivery.carriers import PROVIDERS, carriers
from hep_api.notifications.delivery.turns import call_turn
from hep_api.notifications.kinds import FAMILIES, NoticeKind
from hep_api.notifications.models.pushes import Push, PushState
from hep_api.notifications.queries.devices import DeviceAddress, list_devices_of
from hep_api.notifications.told import Told

# 32 characters of base64url: the longest topic that web push takes.
BYTES_OF_A_KEY = 24


def push(session: Session, clinic_id: UUID, told: Sequence[Told], now: datetime) -> set[UUID]:
    """Add a push for each device of those who are told, and return who has any that it goes to.

    Few statements, whatever the number. A device whose provider is not configured gets a row that says so, and nobody
    hears of it later.
    """
    devices = list_devices_of(session, clinic_id, {one.member_id for one in told}, now) if told else []
    rows = list(_rows(clinic_id, told, devices, now))
    if not rows:
        return set()
    session.execute(insert(Push), rows)
    waiting = [row for row in rows if row["state"] is PushState.WAITING]
    for urgent in {row["urgent"] for row in waiting}:
        call_turn(session, clinic_id, now, now, urgent=urgent)
    return {row["member_id"] for row in waiting}


def collapse_key(member_id: UUID, kind: NoticeKind, subject_id: UUID) -> str:
    """Return by what a phone replaces an earlier notice about the same subject; it tells nothing of the subject."""
    about = f"{member_id}:{FAMILIES[kind]}:{subject_id}"
    digest = hashlib.sha256(about.encode()).digest()[:BYTES_OF_A_KEY]
    return base64.urlsafe_b64encode(digest).decode()


def _rows(
    clinic_id: UUID, told: Sequence[Told], devices: Collection[DeviceAddress], now: datetime
) -> Iterator[dict[str, Any]]:
    by_member: dict[UUID, list[DeviceAddress]] = {}
    for device in devices:
        by_member.setdefault(device.member_id, []).append(device)
    for one in told:
        for device in by_member.get(one.member_id, ()):
            if device.sign_in_id not in one.but_not_on:
                yield row_of(clinic_id, one, device, now)


def row_of(clinic_id: UUID, told: Told, device: DeviceAddress, now: datetime) -> dict[str, Any]:
    """Return the values of a push to one device, waiting, or finished where nobody could deliver it."""
    provider = PROVIDERS[device.kind]
    configured = carriers().is_configured(provider)
    return {
        "clinic_id": clinic_id,
        "id": new_id(),
        "device_id": device.device_id,
        "member_id": told.member_id,
        "provider": provider,
        "kind": told.kind,
        "subject_id": told.subject_id,
        "collapse_key": collapse_key(told.member_id, told.kind, told.subject_id),
        "urgent": told.urgent,
        "created_at": now,
        "due_at": now,
        "expires_at": now + told.lives,
        "state": PushState.WAITING if configured else PushState.NOT_CONFIGURED,
        "attempts": 0,
        "finished_at": None if configured else now,
    }
