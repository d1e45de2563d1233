"""Background doors of mail: what was collected, digests, and what is not kept any longer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.foundation.mail.delivering import forget_sent
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic
from hep_api.notifications.actions import digesting
from hep_api.notifications.mailing import sending
from hep_api.notifications.mailing.notices import SEND

TEND = "notifications.tend_mails"


def send_mail_notices(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send a member what was collected for them."""
    sending.send_notices(session, UUID(payload["clinic_id"]), UUID(payload["member_id"]), now)


def send_digest(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send a member the numbers of the day."""
    digesting.send_digest(session, UUID(payload["clinic_id"]), UUID(payload["member_id"]), now)


def tend_mails(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Wake a clinic's digests that were overlooked, and forget mails that come back no more.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" not in payload:
        add_for_each_clinic(session, TEND, now)
        return
    clinic_id = UUID(payload["clinic_id"])
    digesting.wake_digests(session, clinic_id, now)
    forget_sent(session, clinic_id, now)


JOBS: Mapping[str, Handler] = {SEND: send_mail_notices, digesting.SEND_DIGEST: send_digest, TEND: tend_mails}
RECURRING: Mapping[str, timedelta] = {TEND: timedelta(hours=1)}
