"""Feeds in JSON."""

from typing import Any

from marshmallow import fields, post_load

from hep_api.foundation.web.fields import Choice, Flag, Several, TimeOfDay
from hep_api.foundation.web.schemas import In, Out
from hep_api.integrations.languages import Language

MOST_TIMES = 12


class CalendarFeedIn(In):
    """What a feed is to show; `{}` for whole days without a word of health."""

    details = Flag(load_default=False, metadata={"description": "names exercises and doses; others may see a calendar"})
    times = Several(
        TimeOfDay(),
        most=MOST_TIMES,
        load_default=list,
        metadata={"description": "when in the day to do them, the second doing at the second time; none: whole days"},
    )
    language = Choice(
        Language,
        load_default=None,
        allow_none=True,
        metadata={"description": "that of Accept-Language when left out"},
    )

    @post_load
    def in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "times": sorted(set(data["times"]))}


class CalendarFeedOut(Out):
    id = fields.UUID()
    details = fields.Boolean()
    times = fields.List(TimeOfDay())
    language = Choice(Language)
    created_at = fields.DateTime()


class NewCalendarFeedOut(CalendarFeedOut):
    """The address is told this once. Whoever has it reads the feed until it is revoked."""

    url = fields.String(metadata={"description": "relative to this server"})
