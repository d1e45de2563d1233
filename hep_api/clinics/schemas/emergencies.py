"""JSON shapes of emergency access."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.clinics.actions.emergency import MOST_HOURS
from hep_api.clinics.schemas.entrance import NamedMemberOut
from hep_api.foundation.web.fields import Day, FlagInQuery, Id, Instant, Text, Whole
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery


class EmergencyAccessIn(In):
    """Whose record, by id or by name and birth date, and why."""

    patient_id = Id(load_default=None)
    name = Text(most=200, load_default=None, metadata={"description": "the whole name; needs birth_date beside it"})
    birth_date = Day(load_default=None)
    reason = Text(least=10, most=500, required=True, metadata={"description": "owners of the clinic read it"})
    hours = Whole(least=1, most=MOST_HOURS, load_default=MOST_HOURS)

    @validates_schema
    def _one_patient(self, data: dict[str, Any], **_: Any) -> None:
        by_id, by_name = data.get("patient_id") is not None, data.get("name") is not None
        if by_id == by_name:
            raise ValidationError({"patient_id": [Broken("one_of", "Say patient_id, or name and birth_date.")]})
        if by_name != (data.get("birth_date") is not None):
            raise ValidationError({"birth_date": [Broken("one_of", "Goes with name, and name with it.")]})


class EmergencyAccessQuery(PageQuery):
    active = FlagInQuery(load_default=False, metadata={"description": "true: only those that let read now"})


class TakenOut(Out):
    """An emergency access that was just taken."""

    id = Id()
    patient_id = Id()
    started_at = Instant()
    expires_at = Instant()


class EmergencyAccessOut(Out):
    """An emergency access as those see it who look after them."""

    id = Id()
    member = fields.Nested(NamedMemberOut)
    patient_id = Id()
    patient_name = fields.String(allow_none=True, metadata={"description": "for owners; null for others"})
    reason = fields.String()
    started_at = Instant()
    expires_at = Instant()
    ended_at = Instant(allow_none=True, metadata={"description": "when it was ended early"})
    ended_by = Id(allow_none=True)
    active = fields.Boolean(metadata={"description": "whether it lets read now"})
