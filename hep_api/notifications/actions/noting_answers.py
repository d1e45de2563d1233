"""What follows from a provider's answer: a push is done, tried again later or given up, a device ends, or a provider in
trouble is left alone for a while.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.notifications.actions.claiming import InHand
from hep_api.notifications.actions.ending import end_device
from hep_api.notifications.delivery import waiting
from hep_api.notifications.delivery.parcels import Answer
from hep_api.notifications.mailing.notices import mail_notices
from hep_api.notifications.models.devices import DeviceEnd
from hep_api.notifications.models.pushes import Provider, Push, PushPause, PushResult, PushState
from hep_api.notifications.notices import Notice
from hep_api.notifications.preferring import THROUGH_EVERYTHING
from hep_api.notifications.queries.devices import has_another_value

# The only two answers by which a device is known to be gone.
DEVICE_ENDS = {
    PushResult.UNREGISTERED: DeviceEnd.UNREGISTERED,
    PushResult.SENDER_MISMATCH: DeviceEnd.SENDER_MISMATCH,
}


def note_answer(
    session: Session, clinic_id: UUID, sent: InHand, answer: Answer, now: datetime, *, in_trouble: bool, spread: float
) -> bool:
    """Record what came of one try and return whether its provider is to be left alone now. `in_trouble`: it failed the
    last time; `spread` is drawn by lot, about 1.

    Whoever was overtaken, its lease having run out, changes nothing of the push any more, unless it was accepted.
    """
    paused = False
    if waiting.is_trouble(answer):
        paused = _note_trouble(session, sent.provider, answer.result, now, spread)
    elif in_trouble and not answer.of_this_one:
        session.execute(delete(PushPause).where(PushPause.provider == sent.provider))
    _note_push(session, clinic_id, sent, answer, now, spread)
    return paused


def _note_push(session: Session, clinic_id: UUID, sent: InHand, answer: Answer, now: datetime, spread: float) -> None:
    still_ours = true() if answer.result is PushResult.ACCEPTED else Push.leased_until == sent.leased_until
    ours = and_(Push.clinic_id == clinic_id, Push.id == sent.push_id, Push.state == PushState.WAITING, still_ours)
    value = sent.parcel.address.value
    outdated = answer.result in DEVICE_ENDS and has_another_value(session, clinic_id, sent.device_id, value)
    # The phone has said a new value while the old one was tried: it is told there.
    outcome = {"leased_until": None, "due_at": now} if outdated else _outcome(sent, answer, now, spread)
    if _is_alert_that_failed(session, ours, sent, answer):
        # It may not wait until its provider is better, or somebody else's turn comes.
        told = Notice(sent.parcel.address.member_id, sent.parcel.kind, sent.parcel.subject_id)
        mail_notices(session, clinic_id, [told], now)
    noted = update(Push).where(ours).values(**outcome).returning(Push.id)
    if session.execute(noted).one_or_none() is None or outdated:
        return
    if answer.result in DEVICE_ENDS:
        end_device(session, clinic_id, sent.device_id, value, DEVICE_ENDS[answer.result], now)
    if answer.retry_after:
        _hold_off(session, clinic_id, sent.device_id, now + answer.retry_after)


def _is_alert_that_failed(session: Session, ours: ColumnElement[bool], sent: InHand, answer: Answer) -> bool:
    """Tell whether this was the first try of an alert, and did not arrive."""
    if sent.parcel.kind not in THROUGH_EVERYTHING or answer.result is PushResult.ACCEPTED:
        return False
    return bool(session.scalar(select(exists().where(ours, Push.result.is_(None)))))


def _outcome(sent: InHand, answer: Answer, now: datetime, spread: float) -> dict[str, Any]:
    attempts = sent.attempts + (answer.of_this_one or waiting.is_counted(answer.result))
    said = {"result": answer.result, "attempts": attempts, "leased_until": None}
    ending = waiting.ENDINGS.get(answer.result)
    if ending is None and attempts >= waiting.MOST_ATTEMPTS:
        ending = PushState.DEAD
    if ending is not None:
        return said | {"state": ending, "finished_at": now, "provider_id": _number(answer.provider_id)}
    tries = max(attempts, 1)
    due_at = now + waiting.pause_before_next(answer.result, tries, answer.retry_after, spread)
    # Not later than it expires, so that it is known on time that it did.
    return said | {"due_at": min(due_at, sent.parcel.expires_at)}


def _number(provider_id: str | None) -> str | None:
    """Return the number that a provider gave a push; None for one that could not be kept."""
    return provider_id if provider_id and provider_id.isascii() and provider_id.isprintable() else None


def _hold_off(session: Session, clinic_id: UUID, device_id: UUID, until: datetime) -> None:
    """Keep a device's other pushes back for as long as its provider asks to be left alone about it, and take them out
    of the hands that they are in.
    """
    others = and_(Push.clinic_id == clinic_id, Push.device_id == device_id, Push.state == PushState.WAITING)
    later = func.least(until, Push.expires_at)
    session.execute(update(Push).where(others, Push.due_at < until).values(due_at=later, leased_until=None))


def _note_trouble(session: Session, provider: Provider, result: PushResult, now: datetime, spread: float) -> bool:
    first = insert(PushPause).values(provider=provider, failures=1, since=now, result=result, paused_until=None)
    again = {"failures": PushPause.failures + 1, "result": result}
    failures = session.scalars(
        first.on_conflict_do_update(index_elements=["provider"], set_=again).returning(PushPause.failures)
    ).one()
    pause = waiting.pause_in_trouble(result, failures, spread)
    if pause is None:
        return False
    longest = func.greatest(PushPause.paused_until, now + pause)
    session.execute(update(PushPause).where(PushPause.provider == provider).values(paused_until=longest))
    return True
