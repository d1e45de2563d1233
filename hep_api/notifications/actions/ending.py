"""Ending devices: by their owner, with their sign-in, or because a push service knows them no more."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded, SignInStarted
from hep_api.accounts.models.identity import SignIn
from hep_api.accounts.queries.standing import stands
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.facts import MemberDisabled
from hep_api.foundation import clock
from hep_api.foundation.errors import not_found
from hep_api.notifications.actions import holding
from hep_api.notifications.models.devices import Device, DeviceEnd

# For what was sent to it and what came of that to be understood.
ENDED_KEPT_FOR = timedelta(days=90)


def remove_device(session: Session, viewer: Viewer, device_id: UUID, now: datetime) -> None:
    """End one of the viewer's own devices; doing it again changes nothing, 404 when it never was theirs."""
    theirs = (Device.member_id == viewer.member_id) & (Device.id == device_id)
    if not end_devices(session, viewer.clinic_id, theirs, DeviceEnd.REMOVED, now):
        was_theirs = select(Device.id).where(Device.clinic_id == viewer.clinic_id, theirs)
        if session.scalar(was_theirs) is None:
            raise not_found("device")


def end_device(
    session: Session, clinic_id: UUID, device_id: UUID, value: str, reason: DeviceEnd, now: datetime
) -> None:
    """End a device of a clinic, for which the transaction acts, because of what a provider said of its `value`; one
    that has another by now, or has ended, stays as it is.
    """
    end_devices(session, clinic_id, (Device.id == device_id) & (Device.value == value), reason, now)


def end_of_former_owners(session: Session, fact: SignInStarted) -> None:
    """End what others have on the phone that somebody signs in on: before its app registers it anew, or if it never
    does. It is known where the app says the id that it made for itself.
    """
    if fact.device_digest is not None:
        holding.take_from_others(session, fact.device_digest, fact.account_id, fact.at)


def end_of_sign_in(session: Session, fact: SignInEnded) -> None:
    """End the devices of a sign-in that ended, whatever ended it."""
    theirs = Device.sign_in_id == fact.sign_in_id
    end_devices(session, fact.clinic_id, theirs, DeviceEnd.SIGN_IN_ENDED, clock.now())


def end_of_disabled(session: Session, fact: MemberDisabled) -> None:
    """End what a member has left whose access ended: devices of sign-ins that had only expired."""
    theirs = Device.member_id == fact.member_id
    end_devices(session, fact.clinic_id, theirs, DeviceEnd.MEMBER_DISABLED, clock.now())


def sweep_devices(session: Session, clinic_id: UUID, now: datetime) -> None:
    """End devices whose sign-in cannot be renewed any more, and remove those that ended long ago."""
    lapsed = ~exists().where(SignIn.clinic_id == Device.clinic_id, SignIn.id == Device.sign_in_id, stands(now))
    end_devices(session, clinic_id, lapsed, DeviceEnd.SIGN_IN_EXPIRED, now)
    long_ago = (Device.clinic_id == clinic_id) & (Device.ended_at < now - ENDED_KEPT_FOR)
    session.execute(delete(Device).where(long_ago))


def end_devices(session: Session, clinic_id: UUID, which: ColumnElement[bool], reason: DeviceEnd, now: datetime) -> int:
    """End those of a clinic's standing devices, for which the transaction acts, and return how many."""
    standing = (Device.clinic_id == clinic_id) & Device.ended_at.is_(None) & which
    digests = session.scalars(select(Device.digest).where(standing)).all()
    held = [digest for digest in digests if digest is not None]
    if not held:
        return 0
    holding.lock_holders(session, held)
    ended = holding.end_rows(session, clinic_id, which, reason, now)
    holding.release(session, held)
    return ended
