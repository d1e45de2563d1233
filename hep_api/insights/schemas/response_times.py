"""How long patients wait for an answer, in JSON."""

from typing import Any

from marshmallow import fields, pre_dump

from hep_api.adherence.schemas.figures import FiguresQuery, RatioOut
from hep_api.foundation.web.schemas import Out
from hep_api.insights.queries.response_times import ResponseTimes


class ResponseTimesQuery(FiguresQuery):
    """Which dates of the clinic's calendar, both included, at most 366; left out, the last 28."""


class ResponseTimesOut(Out):
    """Over clocks that patients' messages opened in the period.

    `hidden`: these are under 5 patients', and not all of the group may you see; then every figure is null.
    """

    id = fields.UUID()
    name = fields.String()
    from_on = fields.Date(data_key="from", attribute="from_on")
    to_on = fields.Date(data_key="to", attribute="to_on")
    version = fields.Integer(metadata={"description": "of the measure"})
    hidden = fields.Boolean()
    n = fields.Integer(allow_none=True, metadata={"description": "messages that were answered"})
    patients = fields.Integer(allow_none=True, metadata={"description": "whose they were"})
    median_seconds = fields.Integer(allow_none=True, metadata={"description": "in which it was open"})
    p90_seconds = fields.Integer(allow_none=True, metadata={"description": "the 90th percentile, by nearest rank"})
    within_promise = fields.Nested(RatioOut, allow_none=True)
    waiting = fields.Integer(allow_none=True, metadata={"description": "still without an answer"})
    overdue = fields.Integer(allow_none=True, metadata={"description": "of them, those for too long"})

    @pre_dump
    def flat(self, times: ResponseTimes, **_: Any) -> dict[str, Any]:
        shown: dict[str, Any] = dict.fromkeys(self.fields)
        found = times.figures
        shown |= {name: getattr(found, name) for name in shown if hasattr(found, name)}
        named = {name: getattr(times, name) for name in ("id", "name", "from_on", "to_on")}
        return {**shown, **named, "hidden": found is None, "version": 1}
