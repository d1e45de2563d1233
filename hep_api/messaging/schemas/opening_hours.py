"""JSON shapes of opening hours: a week of openings, and dates on which something else holds."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web import strict_values
from hep_api.foundation.web.fields import Day, Several, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.answering.hours import MINUTES_OF_DAY, WEEKDAYS, Opening, day_from_json

MOST_A_DAY = 6
MOST_HOLIDAYS = 200
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
OCLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
OPENING = {"description": "from and until, as 08:00 and 12:30; until 24:00, or into the next date as 22:00 and 02:00"}


class Clock(fields.String):
    """What a clock on the wall shows: HH:MM, or 24:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": f"^({OCLOCK})$"}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not re.fullmatch(OCLOCK, strict_values.text(value)):
            raise strict_values.refusal("time", "Must be a time as HH:MM.")
        return str(value)


def _is_opening(pair: list[str]) -> None:
    # Of another length it is refused beside this.
    if len(pair) == 2 and pair[0] in (pair[1], "24:00"):
        raise ValidationError([Broken("order", "Must begin at one time of the day and end at another.")])


def openings(**options: Any) -> Several:
    """A field for the openings of one date."""
    pair = Several(Clock(), least=2, most=2, validate=_is_opening, metadata=OPENING)
    return Several(pair, most=MOST_A_DAY, **options)


class WeekIn(In):
    """When it is open; a day that is left out is closed."""

    mon = openings(load_default=list)
    tue = openings(load_default=list)
    wed = openings(load_default=list)
    thu = openings(load_default=list)
    fri = openings(load_default=list)
    sat = openings(load_default=list)
    sun = openings(load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def refuse_overlaps(self, week: Mapping[str, Any], **_: Any) -> None:
        spans: list[tuple[int, int, str]] = sorted(
            (place * MINUTES_OF_DAY + begin, place * MINUTES_OF_DAY + end, name)
            for place, name in enumerate(WEEKDAYS)
            for begin, end in day_from_json(week[name])
        )
        # Sunday night goes on into Monday.
        spans += [(begin + MINUTES_OF_WEEK, end + MINUTES_OF_WEEK, name) for begin, end, name in spans[:1]]
        for before, following in pairwise(spans):
            if following[0] < before[1]:
                raise ValidationError({following[2]: [Broken("overlap", "Overlaps with another opening.")]})


class HolidayIn(In):
    """A date with hours of its own; without any it is closed."""

    on = Day(required=True)
    name = Text(most=100, required=True)
    hours = openings(load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def refuse_overlaps(self, holiday: Mapping[str, Any], **_: Any) -> None:
        if _overlap(sorted(day_from_json(holiday["hours"]))):
            raise ValidationError({"hours": [Broken("overlap", "Overlaps with another opening.")]})


def holidays_field(**options: Any) -> Several:
    """A field for dates on which something else holds, each once."""
    return Several(fields.Nested(HolidayIn), most=MOST_HOLIDAYS, validate=_each_date_once, **options)


def _each_date_once(holidays: list[dict[str, Any]]) -> None:
    seen = set()
    for place, each in enumerate(holidays):
        if each["on"] in seen:
            raise ValidationError({place: {"on": [Broken("twice", "This date stands here already.")]}})
        seen.add(each["on"])


def _overlap(spans: Iterable[Opening]) -> bool:
    end_before = 0
    for begin, end in spans:
        if begin < end_before:
            return True
        end_before = end
    return False


def holidays_as_kept(holidays: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return loaded holidays as JSON, by date."""
    return [
        {"on": each["on"].isoformat(), "name": each["name"], "hours": each["hours"]}
        for each in sorted(holidays, key=lambda each: each["on"])
    ]


def _shown_openings() -> fields.List[Any]:
    return fields.List(fields.List(fields.String(), metadata=OPENING))


class WeekOut(Out):
    mon = _shown_openings()
    tue = _shown_openings()
    wed = _shown_openings()
    thu = _shown_openings()
    fri = _shown_openings()
    sat = _shown_openings()
    sun = _shown_openings()


class HolidayOut(Out):
    on = fields.String(metadata={"format": "date"})
    name = fields.String()
    hours = _shown_openings()
