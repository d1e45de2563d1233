"""The dose and schedule that an exercise suggests, in JSON, in and out: the shapes that prescriptions have.

A suggestion is copied into a prescription and judged there again, by `plans.dose` and `plans.schedule`, which lie above
the library. Here stands what keeps a suggestion from being refused there; a test holds the two together.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from hep_api.foundation.web.fields import Choice, Decimal, Several, Text, Whole
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out

LONGEST = 86_400


class LoadUnit(StrEnum):
    KG = "kg"
    LB = "lb"
    BAND = "band"


class ScheduleKind(StrEnum):
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    EVERY_N_DAYS = "every_n_days"
    WEEKLY_QUOTA = "weekly_quota"
    AS_NEEDED = "as_needed"


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


# The fields of each kind beside `kind`; a maximum may be left open, every other one is needed.
FIELDS_OF_KIND: Mapping[ScheduleKind, tuple[str, ...]] = {
    ScheduleKind.DAILY: ("times_per_day",),
    ScheduleKind.WEEKDAYS: ("weekdays", "times_per_day"),
    ScheduleKind.EVERY_N_DAYS: ("every_n_days", "times_per_day"),
    ScheduleKind.WEEKLY_QUOTA: ("times_per_week",),
    ScheduleKind.AS_NEEDED: ("max_per_day",),
}
MAY_BE_OPEN = "max_per_day"
AMOUNTS = ("reps", "hold_seconds", "duration_seconds")


def _maybe(least: int, most: int) -> Whole:
    return Whole(least=least, most=most, load_default=None, allow_none=True)


def _refuse(field: str, rule: str, words: str) -> ValidationError:
    return ValidationError({field: [Broken(rule, words)]})


class SuggestedLoadIn(In):
    """A weight, or an elastic band by its colour."""

    unit = Choice(LoadUnit, required=True)
    value = Decimal(least=0, most=1000, load_default=None, allow_none=True)
    colour = Text(most=40, load_default=None, allow_none=True)

    @validates_schema
    def refuse_a_mixture(self, data: dict[str, Any], **_: Any) -> None:
        is_band = data["unit"] is LoadUnit.BAND
        if is_band and not data["colour"]:
            raise _refuse("colour", "required", "A band needs a colour.")
        if not is_band and not data["value"]:
            raise _refuse("value", "required", "A weight needs a value of more than 0.")
        other = "value" if is_band else "colour"
        if data[other] is not None:
            raise _refuse(other, "other_kind", "A band has a colour, a weight has a value.")


class SuggestedDoseIn(In):
    """One doing: sets, and per set either reps (each held or not), or one hold, or one duration."""

    sets = Whole(least=1, most=50, required=True)
    reps = _maybe(1, 1000)
    hold_seconds = _maybe(1, LONGEST)
    duration_seconds = _maybe(1, LONGEST)
    sides = Whole(least=1, most=2, load_default=1)
    rest_seconds = _maybe(1, LONGEST)
    load = fields.Nested(SuggestedLoadIn, load_default=None, allow_none=True)  # type: ignore[assignment]
    note = Text(least=0, most=2000, lines=True, load_default="")

    @validates_schema
    def refuse_a_mixture(self, data: dict[str, Any], **_: Any) -> None:
        given = [amount for amount in AMOUNTS if data[amount] is not None]
        if not given:
            raise _refuse("reps", "required", "A dose needs one of reps, hold_seconds, duration_seconds.")
        if "duration_seconds" in given and len(given) > 1:
            raise _refuse(given[0], "other_kind", "A dose with duration_seconds has neither reps nor hold_seconds.")


class SuggestedScheduleIn(In):
    """When an exercise is usually done. Each kind has fields of its own; a field of another kind is refused."""

    kind = Choice(ScheduleKind, required=True)
    times_per_day = _maybe(1, 12)
    weekdays = Several(Choice(Weekday), most=7, load_default=list)
    every_n_days = _maybe(2, 14)
    times_per_week = _maybe(1, 7)
    max_per_day = _maybe(1, 100)

    @validates_schema
    def refuse_a_mixture(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["kind"]
        if len(set(data["weekdays"])) < len(data["weekdays"]):
            raise _refuse("weekdays", "repeated", "Name each weekday once.")
        for field in self.fields.keys() - {"kind"}:
            given, belongs = data[field] not in (None, []), field in FIELDS_OF_KIND[kind]
            if given and not belongs:
                raise _refuse(field, "other_kind", f"A schedule of kind {kind.value} has no {field}.")
            if belongs and not given and field != MAY_BE_OPEN:
                raise _refuse(field, "required", f"A schedule of kind {kind.value} needs {field}.")

    @post_load
    def keep_own_fields(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the fields of the kind and no others, weekdays from Monday on."""
        kept = {"kind": data["kind"], **{field: data[field] for field in FIELDS_OF_KIND[data["kind"]]}}
        if "weekdays" in kept:
            kept["weekdays"] = [day for day in Weekday if day in data["weekdays"]]
        return kept


class SuggestedLoadOut(Out):
    unit = Choice(LoadUnit)
    value = fields.Float(allow_none=True)
    colour = fields.String(allow_none=True)


class SuggestedDoseOut(Out):
    sets = fields.Integer()
    reps = fields.Integer(allow_none=True)
    hold_seconds = fields.Integer(allow_none=True)
    duration_seconds = fields.Integer(allow_none=True)
    sides = fields.Integer()
    rest_seconds = fields.Integer(allow_none=True)
    load = fields.Nested(SuggestedLoadOut, allow_none=True)  # type: ignore[assignment]
    note = fields.String()


class SuggestedScheduleOut(Out):
    """Only the fields of its kind are there."""

    kind = Choice(ScheduleKind)
    times_per_day = fields.Integer()
    weekdays = fields.List(Choice(Weekday))
    every_n_days = fields.Integer()
    times_per_week = fields.Integer()
    max_per_day = fields.Integer(allow_none=True)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = field_name == "kind"
