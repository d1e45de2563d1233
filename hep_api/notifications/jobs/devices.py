"""Background door of devices: what lapsed by itself is ended, what ended long ago is removed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.foundation.jobs.work import Handler
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic
from hep_api.notifications.actions import ending

SWEEP_DEVICES = "notifications.sweep_devices"


def sweep_devices(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Look through the devices of a clinic; without one in the payload it only adds a job for each clinic."""
    if "clinic_id" in payload:
        ending.sweep_devices(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, SWEEP_DEVICES, now)


JOBS: Mapping[str, Handler] = {SWEEP_DEVICES: sweep_devices}
RECURRING: Mapping[str, timedelta] = {SWEEP_DEVICES: timedelta(days=1)}
