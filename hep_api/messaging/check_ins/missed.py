"""How messaging asks who has missed days in a row: peers know no peers, so `app.py` names whoever answers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import cast
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

# (session, clinic_id, {patient_id: (the first date that counts, the last closed day)}, how many) -> the last of them.
MissedDays = Callable[[Session, UUID, Mapping[UUID, tuple[date, date]], int], Mapping[UUID, date]]


def missed_days() -> MissedDays:
    """Return what answers it."""
    return cast(MissedDays, current_app.extensions["hep_missed_days"])
