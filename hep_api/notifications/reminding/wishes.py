"""Whose word on reminders counts: the patient's own, else the clinic's; one that has settled nothing reminds nobody.

What a patient leaves open goes by the clinic: a patient may switch reminders on, and leave the times to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from hep_api.notifications.models.reminders import USUAL_NUDGE
from hep_api.notifications.reminding.times import ReminderTime, Wishes


class SettledBy(StrEnum):
    """Whose settings say whether a patient is reminded; `nobody`: they have settled nothing, nor has the clinic."""

    PATIENT = "patient"
    CLINIC = "clinic"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ClinicsWishes:
    """What a clinic has settled, or what holds where it has settled nothing."""

    is_on: bool = False
    times: Sequence[Mapping[str, Any]] = ()
    nudge: bool = True
    nudge_at: time = USUAL_NUDGE
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class OwnWishes:
    """What a patient has settled; what is None goes by the clinic."""

    is_on: bool | None = None
    times: Sequence[Mapping[str, Any]] | None = None
    nudge: bool | None = None
    nudge_at: time | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds for a patient, and by whom; `own_times`: the times are the patient's own."""

    wishes: Wishes
    is_on: bool
    settled_by: SettledBy
    own_times: bool = False


def effective(own: OwnWishes, clinic: ClinicsWishes, day_starts_at: time) -> Effective:
    """Return what holds for a patient; switched off, they wish for nothing."""
    by = SettledBy.CLINIC if clinic.is_settled else SettledBy.NOBODY
    by = by if own.is_on is None else SettledBy.PATIENT
    if not (clinic.is_on if own.is_on is None else own.is_on):
        return Effective(Wishes((), None, day_starts_at), False, by)
    times = clinic.times if own.times is None else own.times
    nudge = clinic.nudge if own.nudge is None else own.nudge
    nudge_at = clinic.nudge_at if own.nudge_at is None else own.nudge_at
    made = tuple(ReminderTime.from_json(each) for each in times)
    return Effective(Wishes(made, nudge_at if nudge else None, day_starts_at), True, by, own.times is not None)
