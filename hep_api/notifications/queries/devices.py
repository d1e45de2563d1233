"""Reads of devices: one's own, and where a push to somebody may go at this moment.

A device stands for nothing by itself: whether its sign-in does, its member and the second factor that staff may owe is
asked each time, as at every door.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.queries.standing import stands
from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.models import Clinic, Member, MemberStatus
from hep_api.notifications.models.devices import Device, DeviceKind, Platform


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a push to a device goes. The value and the keys are nobody's to read: they reach no log and no answer."""

    device_id: UUID
    member_id: UUID
    sign_in_id: UUID
    kind: DeviceKind
    value: str
    p256dh: str | None
    auth: str | None
    language: str | None

    def __repr__(self) -> str:
        return f"DeviceAddress(device_id={self.device_id!r})"


@dataclass(frozen=True, slots=True)
class DeviceShown:
    """A device as its owner sees it; `current` is the one that asks, by its sign-in."""

    id: UUID
    sign_in_id: UUID
    current: bool
    kind: DeviceKind
    platform: Platform
    app_version: str | None
    language: str | None
    zone: str | None
    registered_at: datetime
    refreshed_at: datetime


def list_devices_of(
    session: Session, clinic_id: UUID, member_ids: Collection[UUID], now: datetime
) -> list[DeviceAddress]:
    """Return where members can be pushed to now, in one statement; none for who may not enter at this moment."""
    return _addresses(session, clinic_id, Device.member_id.in_(member_ids), now)


def list_standing(
    session: Session, clinic_id: UUID, device_ids: Collection[UUID], now: datetime
) -> list[DeviceAddress]:
    """Return those of these devices that may still be pushed to, in one statement; asked anew before each sending."""
    return _addresses(session, clinic_id, Device.id.in_(device_ids), now)


def has_another_value(session: Session, clinic_id: UUID, device_id: UUID, value: str) -> bool:
    """Tell whether a device stands, and is addressed by something else than `value` by now."""
    standing = (Device.clinic_id == clinic_id) & (Device.id == device_id) & Device.ended_at.is_(None)
    return bool(session.scalar(select(exists().where(standing, Device.value != value))))


def list_own_devices(session: Session, viewer: Viewer) -> list[DeviceShown]:
    """Return the viewer's devices that stand, the last refreshed first; never what they are addressed by."""
    theirs = (Device.clinic_id == viewer.clinic_id) & (Device.member_id == viewer.member_id)
    newest_first = (Device.refreshed_at.desc(), Device.id.desc())
    query = select(Device).where(theirs, Device.ended_at.is_(None)).order_by(*newest_first)
    return [shown(device, viewer) for device in session.scalars(query)]


def shown(device: Device, viewer: Viewer) -> DeviceShown:
    return DeviceShown(
        id=device.id,
        sign_in_id=device.sign_in_id,
        current=device.sign_in_id == viewer.sign_in_id,
        kind=device.kind,
        platform=device.platform,
        app_version=device.app_version,
        language=device.language,
        zone=device.zone,
        registered_at=device.registered_at,
        refreshed_at=device.refreshed_at,
    )


def _addresses(session: Session, clinic_id: UUID, which: ColumnElement[bool], now: datetime) -> list[DeviceAddress]:
    owes_nothing = or_(
        Member.role == Role.PATIENT, ~Clinic.second_factor_required, SignIn.second_factor_at.is_not(None)
    )
    columns = (
        Device.id.label("device_id"),
        Device.member_id,
        Device.sign_in_id,
        Device.kind,
        Device.value,
        Device.p256dh,
        Device.auth,
    )
    query = (
        select(*columns, Device.language)
        .join(Member, (Member.clinic_id == Device.clinic_id) & (Member.id == Device.member_id))
        .join(SignIn, (SignIn.clinic_id == Device.clinic_id) & (SignIn.id == Device.sign_in_id))
        .join(Clinic, Clinic.id == Device.clinic_id)
        .where(Device.clinic_id == clinic_id, Device.ended_at.is_(None), which)
        .where(Member.status == MemberStatus.ACTIVE, Member.account_id == Device.account_id)
        .where(SignIn.member_id == Device.member_id, SignIn.account_id == Device.account_id)
        .where(stands(now), owes_nothing)
        .order_by(Device.id)
    )
    return [DeviceAddress(**row) for row in session.execute(query).mappings()]
