"""JSON shapes of the rules by which check-ins are asked."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import WEEKDAY_NAMES
from hep_api.foundation.web.fields import Choice, Day, Id, TimeOfDay, Whole, one_of
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.check_ins.due import RuleKind
from hep_api.messaging.schemas.content import CLIENT_MADE_ID

EARLIEST, LAST = time(5), time(22)
USUAL = time(18)
# By kind: the least and the most that `days` may be.
DAYS = {RuleKind.AFTER_START: (1, 365), RuleKind.MISSED_DAYS: (2, 14)}


class CheckInRuleIn(In):
    """When a template is asked. `after_start` and `missed_days` say how many `days`, `weekly` says which `weekday`."""

    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    template_id = Id(required=True)
    kind = Choice(RuleKind, required=True)
    days = Whole(
        least=1,
        most=365,
        load_default=None,
        allow_none=True,
        metadata={"description": "after the start of each plan, 1 to 365; or missed in a row, 2 to 14"},
    )
    weekday = fields.String(validate=one_of(WEEKDAY_NAMES), load_default=None, allow_none=True)
    at = TimeOfDay(
        load_default=USUAL, metadata={"description": "the patient's wall clock, 05:00 to 22:00; 18:00 when left out"}
    )
    from_on = Day(data_key="from", load_default=None, allow_none=True, metadata={"description": "of `weekly`"})
    until_on = Day(
        data_key="until", load_default=None, allow_none=True, metadata={"description": "of `weekly`, itself included"}
    )

    @validates_schema(skip_on_field_errors=True)
    def refuse_what_makes_no_rule(self, data: dict[str, Any], **_: Any) -> None:
        if not EARLIEST <= data["at"] <= LAST:
            raise _broken("at", "range", "Must lie between 05:00 and 22:00.")
        if data["kind"] is RuleKind.WEEKLY:
            _refuse_other_than_weekly(data)
        else:
            _refuse_other_than_days(data)


class CheckInRuleOut(Out):
    id = fields.UUID()
    template_id = fields.UUID()
    template_title = fields.String(metadata={"description": "in its own language"})
    patient_id = fields.UUID(allow_none=True, metadata={"description": "null: every patient of the clinic"})
    kind = Choice(RuleKind)
    days = fields.Integer(allow_none=True)
    weekday = fields.String(allow_none=True, validate=one_of(WEEKDAY_NAMES))
    at = TimeOfDay()
    from_on = fields.Date(data_key="from", allow_none=True)
    until_on = fields.Date(data_key="until", allow_none=True)
    made_by = fields.UUID()
    made_at = fields.DateTime()


class CheckInRulesOut(Out):
    """The rules that ask now."""

    items = fields.List(fields.Nested(CheckInRuleOut))


def _refuse_other_than_weekly(data: Mapping[str, Any]) -> None:
    if data["weekday"] is None:
        raise _broken("weekday", "required", "Say on which day of the week.")
    if data["days"] is not None:
        raise _broken("days", "kind", "A weekly rule counts no days.")
    if data["from_on"] and data["until_on"] and data["until_on"] < data["from_on"]:
        raise _broken("until", "order", "Must not lie before from.")


def _refuse_other_than_days(data: Mapping[str, Any]) -> None:
    least, most = DAYS[data["kind"]]
    if data["days"] is None:
        raise _broken("days", "required", "Say how many days.")
    if not least <= data["days"] <= most:
        raise _broken("days", "range", f"Must be a whole number from {least} to {most}.")
    for name in ("weekday", "from_on", "until_on"):
        if data[name] is not None:
            raise _broken(name.removesuffix("_on"), "kind", "Only a weekly rule has that.")


def _broken(field: str, rule: str, words: str) -> ValidationError:
    return ValidationError({field: [Broken(rule, words)]})
