"""A patient's day in JSON."""

from fractions import Fraction
from typing import Any

import orjson
from marshmallow import fields

from hep_api.adherence.doings import State
from hep_api.adherence.entries import EventKind, SkipReason
from hep_api.adherence.queries.today import PatientDay
from hep_api.adherence.ratios import shown
from hep_api.adherence.schemas.figures import Exact
from hep_api.foundation.web.fields import Choice, Day
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.schemas.due import DueItemOut, DuePlanOut


class DayQuery(In):
    on = Day(load_default=None, metadata={"description": "left out: the patient's today"})


class EntryOut(Out):
    """The event in force of an entry; a correction names `entry_id` and a higher `revision`."""

    event_id = fields.UUID()
    entry_id = fields.UUID()
    revision = fields.Integer()
    prescription_id = fields.UUID()
    kind = Choice(EventKind)
    slot = fields.Integer(allow_none=True)
    skip_reason = Choice(SkipReason, allow_none=True)


class DoingOut(Out):
    """Entries that name one slot, or one that names none; `done` from half of the planned volume on."""

    slot = fields.Integer(allow_none=True)
    state = Choice(State)
    volume_ratio = Exact()
    entries = fields.List(fields.Nested(EntryOut))


class TodayItemOut(DueItemOut):
    """What is due of one prescription, and what is done of it."""

    completed = fields.Integer(metadata={"description": "completed doings of this day, also beyond `expected`"})
    completed_days_of_week = fields.Integer(
        allow_none=True, metadata={"description": "for a weekly quota: days of this week with a completed doing"}
    )
    doings = fields.List(fields.Nested(DoingOut))


class TodayOut(Out):
    """What is due and done on `day`; `others` were reported for something that is not in force on it."""

    patient_id = fields.UUID()
    day = fields.Date()
    today = fields.Date(metadata={"description": "the patient's local date now"})
    plans = fields.List(fields.Nested(DuePlanOut), metadata={"description": "those of the items"})
    items = fields.List(fields.Nested(TodayItemOut))
    others = fields.List(fields.Nested(EntryOut))


def written(day: PatientDay) -> bytes:
    """Return a day in the shape of `TodayOut` (a test compares); the phone's first screen waits for no schema."""
    return orjson.dumps(day, default=_exact)


def _exact(value: Any) -> Any:
    if isinstance(value, Fraction):
        return shown(value)
    raise TypeError(f"{type(value).__name__} does not stand in a day")
