"""Whose a phone is: one account's, of whatever clinics.

Order of locks: sign-in, then holder, then devices. Rows of another clinic are found by the digest of the phone's value,
which only whoever brings that value can have.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.foundation import tenancy
from hep_api.foundation.facts import publish
from hep_api.foundation.tenancy import Key
from hep_api.notifications.facts.devices import DeviceEnded
from hep_api.notifications.models.devices import Device, DeviceEnd, DeviceHolder

NOTHING_LEFT = {"digest": None, "value": None, "account_id": None, "p256dh": None, "auth": None}


def take(session: Session, digest: bytes, account_id: UUID, app_digest: bytes | None, now: datetime) -> None:
    """Make a phone this account's; with another account it ends in every clinic. The holder's row stays locked.
    `app_digest` is that of the id that its app has made for itself.
    """
    holder = insert(DeviceHolder).values(digest=digest, account_id=account_id, app_digest=app_digest)
    # The row of a holder that there is is locked, and its account read as the last one left it.
    held_by = session.scalar(
        holder.on_conflict_do_update(index_elements=["digest"], set_={"app_digest": app_digest}).returning(
            DeviceHolder.account_id
        )
    )
    if held_by == account_id:
        return
    _end_everywhere(session, digest, now)
    session.execute(update(DeviceHolder).where(DeviceHolder.digest == digest).values(account_id=account_id))


def take_from_others(session: Session, app_digest: bytes, account_id: UUID, now: datetime) -> None:
    """End what other accounts have on the phone where this app is, in every clinic; nobody holds it then."""
    of_others = (DeviceHolder.app_digest == app_digest) & (DeviceHolder.account_id != account_id)
    holders = select(DeviceHolder.digest).where(of_others).order_by(DeviceHolder.digest).with_for_update()
    for digest in session.scalars(holders).all():
        _end_everywhere(session, digest, now)
        session.execute(delete(DeviceHolder).where(DeviceHolder.digest == digest))


def lock_holders(session: Session, digests: Collection[bytes]) -> None:
    """Hold the rows of these phones' holders until the transaction ends; always in the same order."""
    holders = select(DeviceHolder.digest).where(DeviceHolder.digest.in_(digests))
    session.execute(holders.order_by(DeviceHolder.digest).with_for_update())


def release(session: Session, digests: Collection[bytes]) -> None:
    """Forget whose these phones were, unless they still serve the same account, here or in another clinic."""
    for digest in digests:
        tenancy.hold_up(session, Key.DEVICE, digest.hex())
        serves = exists().where(Device.digest == digest)
        session.execute(delete(DeviceHolder).where(DeviceHolder.digest == digest, ~serves))


def end_rows(session: Session, clinic_id: UUID, which: ColumnElement[bool], reason: DeviceEnd, now: datetime) -> int:
    """End standing devices of a clinic, for which the transaction acts; return how many."""
    ended = session.execute(
        update(Device)
        .where(Device.clinic_id == clinic_id, Device.ended_at.is_(None), which)
        .values(ended_at=now, ended_reason=reason, **NOTHING_LEFT)
        .returning(Device.id, Device.member_id)
    ).all()
    for row in ended:
        publish(session, DeviceEnded(clinic_id, row.member_id, row.id))
    return len(ended)


def _end_everywhere(session: Session, digest: bytes, now: datetime) -> None:
    tenancy.hold_up(session, Key.DEVICE, digest.hex())
    clinics = select(Device.clinic_id).where(Device.digest == digest).order_by(Device.clinic_id)
    for clinic_id in session.scalars(clinics).all():
        with tenancy.acting_for(session, clinic_id):
            end_rows(session, clinic_id, Device.digest == digest, DeviceEnd.MOVED, now)
