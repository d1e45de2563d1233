"""Dose and schedule in JSON, in and out.

Which combinations make sense is decided by `dose` and `schedule`; here their refusals get the pointer to the field.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from marshmallow import ValidationError, fields, post_load

from hep_api.dosing.dose import (
    LONGEST_COLOUR,
    LONGEST_NOTE,
    MOST_LOAD,
    MOST_REPS,
    MOST_SECONDS,
    MOST_SETS,
    Dose,
    Load,
    LoadUnit,
)
from hep_api.dosing.progression import MOST_DAYS, Progression
from hep_api.dosing.rules import BrokenRule
from hep_api.dosing.schedule import RANGES, Schedule, ScheduleKind, Weekday
from hep_api.foundation.web.fields import Choice, Decimal, Several, Text, Whole, one_of
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out

Made = TypeVar("Made")
WEEKDAY_NAMES = tuple(day.name.lower() for day in Weekday)


def made(make: Callable[..., Made], values: Mapping[str, Any]) -> Made:
    """Make a value that refuses itself; its refusal becomes that of the field it names."""
    try:
        return make(**values)
    except BrokenRule as broken:
        raise ValidationError({broken.field: [Broken(broken.rule, broken.detail)]}) from None


class AsStored(fields.Nested):
    """A nested object that is stored in exactly the shape that the schema documents, and so is sent as it is."""

    def _serialize(self, nested_obj: Any, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        return nested_obj


def _maybe(least: int, most: int) -> Whole:
    return Whole(least=least, most=most, load_default=None, allow_none=True)


class LoadIn(In):
    """A weight, or an elastic band by its colour."""

    unit = Choice(LoadUnit, required=True)
    value = Decimal(least=0, most=MOST_LOAD, load_default=None, allow_none=True)
    colour = Text(most=LONGEST_COLOUR, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Load:
        return made(Load, data)


class DoseIn(In):
    """One doing: sets, and per set either reps (each held or not), or one hold, or one duration."""

    sets = Whole(least=1, most=MOST_SETS, required=True)
    reps = _maybe(1, MOST_REPS)
    hold_seconds = _maybe(1, MOST_SECONDS)
    duration_seconds = _maybe(1, MOST_SECONDS)
    sides = Whole(least=1, most=2, load_default=1)
    rest_seconds = _maybe(1, MOST_SECONDS)
    # A schema has a method `load`, hence the underscore.
    load_ = fields.Nested(LoadIn, data_key="load", attribute="load", load_default=None, allow_none=True)
    note = Text(least=0, most=LONGEST_NOTE, lines=True, load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Dose:
        return made(Dose, data)


class ScheduleIn(In):
    """When an exercise is due. Each kind has fields of its own; a field of another kind is refused."""

    kind = Choice(ScheduleKind, required=True)
    times_per_day = _maybe(*RANGES["times_per_day"])
    weekdays = Several(fields.String(validate=one_of(WEEKDAY_NAMES)), most=7, load_default=list)
    every_n_days = _maybe(*RANGES["every_n_days"])
    times_per_week = _maybe(*RANGES["times_per_week"])
    max_per_day = _maybe(*RANGES["max_per_day"])

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Schedule:
        names = data["weekdays"]
        if len(set(names)) < len(names):
            raise ValidationError({"weekdays": [Broken("repeated", "Name each weekday once.")]})
        return made(Schedule, {**data, "weekdays": frozenset(Weekday[name.upper()] for name in names)})


class ProgressionIn(In):
    """After `after_days` with enough done and little enough pain, `next_dose` is suggested to the practitioner, and
    `next_schedule` with it where there is one.
    """

    after_days = Whole(least=1, most=MOST_DAYS, required=True)
    completion_at_least = Decimal(least=0, most=1, required=True)
    pain_under = _maybe(1, 10)
    next_dose = fields.Nested(DoseIn, required=True)
    next_schedule = fields.Nested(ScheduleIn, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Progression:
        return made(Progression, data)


def refuse_aimless(data: Mapping[str, Any]) -> None:
    """Refuse the progression of a loaded item that can lead nowhere from its dose and schedule."""
    progression = data["progression"]
    why = None if progression is None else progression.why_aimless(data["dose"], data["schedule"])
    if why is not None:
        field, rule, words = why
        raise ValidationError({"progression": {field: [Broken(rule, words)]}})


class LoadOut(Out):
    unit = Choice(LoadUnit)
    value = fields.Float(allow_none=True)
    colour = fields.String(allow_none=True)


class DoseOut(Out):
    sets = fields.Integer()
    reps = fields.Integer(allow_none=True)
    hold_seconds = fields.Integer(allow_none=True)
    duration_seconds = fields.Integer(allow_none=True)
    sides = fields.Integer()
    rest_seconds = fields.Integer(allow_none=True)
    load_ = fields.Nested(LoadOut, data_key="load", attribute="load", allow_none=True)
    note = fields.String()


class ScheduleOut(Out):
    """Only the fields of its kind are there."""

    kind = Choice(ScheduleKind)
    times_per_day = fields.Integer()
    weekdays = fields.List(fields.String(validate=one_of(WEEKDAY_NAMES)))
    every_n_days = fields.Integer()
    times_per_week = fields.Integer()
    max_per_day = fields.Integer(allow_none=True)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = field_name == "kind"


class ProgressionOut(Out):
    """`next_schedule` is there only where the rule changes the schedule too."""

    after_days = fields.Integer()
    completion_at_least = fields.Float(metadata={"description": "a share of what was due, 0 to 1"})
    pain_under = fields.Integer(allow_none=True)
    next_dose = fields.Nested(DoseOut)
    next_schedule = fields.Nested(ScheduleOut)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = field_name != "next_schedule"
