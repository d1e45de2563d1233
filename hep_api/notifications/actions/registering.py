"""Registering a device and saying what has changed about it. Both are safe to repeat, as phones do at every start."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found, not_signed_in
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.notifications.actions import ending, holding
from hep_api.notifications.addresses import Address, address_of
from hep_api.notifications.delivery.vapid import browsers
from hep_api.notifications.facts.devices import DeviceZoneReported
from hep_api.notifications.models.devices import Device, DeviceEnd, DeviceKind
from hep_api.notifications.queries.devices import DeviceShown, shown

MOST_DEVICES = 20
TOLD_OF_ITSELF = ("platform", "app_version", "language", "zone")


def register_device(session: Session, viewer: Viewer, said: dict[str, Any], now: datetime) -> DeviceShown:
    """Make the phone that asks a device of the viewer's, on the sign-in that asks. One that is theirs already is
    refreshed; from another account it is taken away everywhere, and neither of the two learns of the other.
    """
    address = _address_said(said["kind"], said)
    app_digest = _hold_sign_in(session, viewer)
    holding.take(session, address.digest, viewer.account_id, app_digest, now)
    device = _device_at(session, viewer, address)
    zone_before = device.zone if device else None
    if device is None:
        device = Device(clinic_id=viewer.clinic_id, id=new_id(), account_id=viewer.account_id, registered_at=now)
        session.add(device)
    device.member_id, device.sign_in_id = viewer.member_id, viewer.sign_in_id
    _address(device, address)
    refreshed = _refreshed(session, viewer, device, {name: said[name] for name in TOLD_OF_ITSELF}, zone_before, now)
    _end_oldest(session, viewer, now)
    return refreshed


def refresh_device(
    session: Session, viewer: Viewer, device_id: UUID, said: dict[str, Any], now: datetime
) -> DeviceShown:
    """Say what has changed about the phone that asks; what is left out stays. 404 when it is no device of this sign-in.

    With another value it stays the same device, and what still waits for it goes to the new one.
    """
    app_digest = _hold_sign_in(session, viewer)
    device = _own_device(session, viewer, device_id, said)
    zone_before = device.zone
    if "value" in said:
        _change_address(session, viewer, device, said, app_digest, now)
    told = {name: said[name] for name in TOLD_OF_ITSELF if name in said}
    return _refreshed(session, viewer, device, told, zone_before, now)


def _refreshed(
    session: Session, viewer: Viewer, device: Device, told: dict[str, Any], zone_before: str | None, now: datetime
) -> DeviceShown:
    for name, value in told.items():
        setattr(device, name, value)
    device.refreshed_at = now
    session.flush()
    # Also where it is the same as before: of several phones the one that was heard of last says where somebody is.
    if device.zone is not None or zone_before is not None:
        publish(session, DeviceZoneReported(viewer.clinic_id, viewer.member_id, device.zone))
    return shown(device, viewer)


def _hold_sign_in(session: Session, viewer: Viewer) -> bytes | None:
    """Keep the sign-in from ending until the commit, as a device must not outlive one that ends just now; return the
    digest by which its app is known again.
    """
    standing = select(SignIn.id, SignIn.device_digest).where(
        SignIn.clinic_id == viewer.clinic_id, SignIn.id == viewer.sign_in_id, SignIn.ended_at.is_(None)
    )
    found = session.execute(standing.with_for_update(read=True)).one_or_none()
    if found is None:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
    digest: bytes | None = found.device_digest
    return digest


def _device_at(session: Session, viewer: Viewer, address: Address) -> Device | None:
    """Return the standing device of an address in the viewer's clinic; the account's own, as the holder is held."""
    query = select(Device).where(Device.clinic_id == viewer.clinic_id, Device.digest == address.digest)
    return session.scalar(query.with_for_update())


def _own_device(session: Session, viewer: Viewer, device_id: UUID, said: dict[str, Any]) -> Device:
    """Return a device of the sign-in that asks, locked; its holder before it when its value is to change."""
    theirs = (Device.clinic_id == viewer.clinic_id) & (Device.sign_in_id == viewer.sign_in_id)
    query = select(Device).where(theirs, Device.id == device_id, Device.ended_at.is_(None))
    if "value" in said:
        found = session.scalar(query)
        holding.lock_holders(session, [found.digest] if found and found.digest else [])
    device = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if device is None:
        raise not_found("device")
    return device


def _change_address(
    session: Session, viewer: Viewer, device: Device, said: dict[str, Any], app_digest: bytes | None, now: datetime
) -> None:
    """Give a device another value; another device of its owner's that had it ends."""
    address = _address_said(said.get("kind", device.kind), said)
    before = device.digest
    if before is not None and before != address.digest:
        holding.take(session, address.digest, viewer.account_id, app_digest, now)
        same = Device.digest == address.digest
        holding.end_rows(session, viewer.clinic_id, same, DeviceEnd.REPLACED, now)
    _address(device, address)
    session.flush()
    if before is not None and before != address.digest:
        holding.release(session, [before])


def _address_said(kind: DeviceKind, said: Mapping[str, Any]) -> Address:
    served = browsers()
    return address_of(kind, said["value"], said.get("keys"), served.hosts if served else None)


def _address(device: Device, address: Address) -> None:
    device.kind, device.value, device.digest = address.kind, address.value, address.digest
    device.p256dh, device.auth = address.p256dh, address.auth


def _end_oldest(session: Session, viewer: Viewer, now: datetime) -> None:
    """End what a member has beyond so many devices: those that were refreshed the longest time ago."""
    of_member = (Device.clinic_id == viewer.clinic_id) & (Device.member_id == viewer.member_id)
    newest_first = (Device.refreshed_at.desc(), Device.id.desc())
    query = select(Device.id).where(of_member, Device.ended_at.is_(None)).order_by(*newest_first).offset(MOST_DEVICES)
    beyond = session.scalars(query).all()
    if beyond:
        ending.end_devices(session, viewer.clinic_id, Device.id.in_(beyond), DeviceEnd.TOO_MANY, now)
