"""Background doors of telling. Each may run twice: what was told is kept, and not told again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic
from hep_api.notifications.actions import asking, keeping, telling_held, telling_messages, telling_others

TEND = "notifications.tend_notices"


def tell_message(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell what is unread in a conversation."""
    but_not_on = [UUID(sign_in_id) for sign_in_id in payload["but_not_on"]]
    telling_messages.tell_unread(session, *_ids(payload, "conversation_id"), but_not_on, now)


def tell_waiting(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell whoever is to answer that a message still waits."""
    telling_messages.tell_waiting(session, *_ids(payload, "conversation_id"), payload["seq"], now)


def tell_plan(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell a patient of what is new in a plan."""
    telling_others.tell_plan(session, *_ids(payload, "plan_id"), now)


def tell_check_in(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell a patient that they are asked something."""
    telling_others.tell_check_in(session, *_ids(payload, "check_in_id"), now)


def tell_flag(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Alert whoever's turn a red flag is."""
    telling_others.tell_flag(session, *_ids(payload, "flag_id"), now)


def tell_held(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell what has waited for the end of quiet hours."""
    telling_held.tell_held(session, UUID(payload["clinic_id"]), now)


def tend_notices(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell what a lost or given up job has left, and forget what is old.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" not in payload:
        add_for_each_clinic(session, TEND, now)
        return
    clinic_id = UUID(payload["clinic_id"])
    telling_held.tell_held(session, clinic_id, now)
    telling_held.forget_old(session, clinic_id, now)


def _ids(payload: Mapping[str, Any], name: str) -> tuple[UUID, UUID]:
    return UUID(payload["clinic_id"]), UUID(payload[name])


JOBS: Mapping[str, Handler] = {
    asking.TELL_MESSAGE: tell_message,
    asking.TELL_WAITING: tell_waiting,
    asking.TELL_PLAN: tell_plan,
    asking.TELL_CHECK_IN: tell_check_in,
    asking.TELL_FLAG: tell_flag,
    keeping.TELL_HELD: tell_held,
    TEND: tend_notices,
}
RECURRING: Mapping[str, timedelta] = {TEND: timedelta(hours=1)}
