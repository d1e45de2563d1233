"""Background doors of clinics: covers that begin and end at their time, and invitations by mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.clinics.actions import cover, invitation_mails
from hep_api.clinics.links import link_start
from hep_api.foundation.jobs.work import Handler


def begin_cover(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Let a colleague have the places of somebody who is absent from now on."""
    cover.begin(session, UUID(payload["clinic_id"]), UUID(payload["cover_id"]), now)


def finish_cover(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Write down and tell that a cover's time is over; the places ended by themselves."""
    cover.finish(session, UUID(payload["clinic_id"]), UUID(payload["cover_id"]), now)


def send_invitation(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send somebody their invitation by mail."""
    clinic_id, member_id = UUID(payload["clinic_id"]), UUID(payload["member_id"])
    invitation_mails.send_invitation(session, clinic_id, member_id, link_start(), now)


JOBS: Mapping[str, Handler] = {
    cover.BEGIN: begin_cover,
    cover.FINISH: finish_cover,
    invitation_mails.SEND_INVITATION: send_invitation,
}
