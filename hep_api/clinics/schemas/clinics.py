"""JSON shapes of the clinic and its locations."""

from typing import Any

from marshmallow import ValidationError, fields

from hep_api.foundation.web.fields import Decimal, Flag, Id, Instant, Text, Whole, Zone
from hep_api.foundation.web.languages import Language
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out


class Ratio(Decimal):
    """A number from 0 to 1 of at most 4 decimals; more would be cut off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=0, most=1, **kwargs)

    def _validated(self, value: Any) -> float:
        ratio = super()._validated(value)
        if round(ratio, 4) != ratio:
            raise ValidationError([Broken("decimals", "Must have at most 4 decimals.")])
        return ratio


class ClinicOut(Out):
    id = Id()
    name = fields.String()
    slug = fields.String()
    zone = fields.String()
    language = fields.String()
    managers_may_read_records = fields.Boolean()
    second_factor_required = fields.Boolean()
    on_track_from = fields.Float()
    watch_from = fields.Float()
    events_accepted_days_back = fields.Integer()
    ended_plan_readable_days = fields.Integer()
    response_hours = fields.Integer(metadata={"description": "within which the clinic answers a patient's message"})
    records_kept_years = fields.Integer(allow_none=True)
    version = fields.Integer()


class ClinicChangeIn(In):
    """What changes; what is left out stays."""

    name = Text(most=200)
    zone = Zone(metadata={"description": "of the clinic, and of patients invited from now on"})
    language = Language(metadata={"description": "what patients are written in who have said no other"})
    managers_may_read_records = Flag(metadata={"description": "only owners change this"})
    second_factor_required = Flag(metadata={"description": "of the staff; only owners change this, with a step-up"})
    on_track_from = Ratio(metadata={"description": "completion from which a patient is on track"})
    watch_from = Ratio(metadata={"description": "completion from which a patient is to be watched; below: low"})
    events_accepted_days_back = Whole(least=1, most=365)
    ended_plan_readable_days = Whole(least=0, most=3650)
    response_hours = Whole(
        least=1, most=336, metadata={"description": "within which the clinic answers a patient's message"}
    )
    records_kept_years = Whole(
        least=1,
        most=100,
        allow_none=True,
        metadata={"description": "after the last contact; null: no time is set. Only owners change this"},
    )


class LocationIn(In):
    name = Text(most=200, required=True)


class LocationOut(Out):
    id = Id()
    name = fields.String()
    created_at = Instant()
