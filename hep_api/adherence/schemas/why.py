"""In JSON: the occurrences behind a number."""

from marshmallow import fields

from hep_api.adherence.doings import State
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.schemas.figures import Exact, OneWindowQuery
from hep_api.foundation.web.fields import Choice, Id, Text, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST
from hep_api.foundation.web.schemas import Out


class PrescriptionWhyQuery(OneWindowQuery):
    """Which number: the window."""

    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(most=500, load_default=None)


class WhyQuery(PrescriptionWhyQuery):
    """Which number: the window and, for one exercise's, its prescription."""

    prescription_id = Id(load_default=None)


class ExplainedOut(Out):
    """One occurrence when `expected`, else a doing beyond what was expected; `extra` when it completed one more.

    `credit` adds up to the dose, `volume_ratio` to the relative dose. A week's quota is listed on the day that it is
    booked on, so `performed_on` may be an earlier day.
    """

    state = Choice(State)
    expected = fields.Boolean()
    extra = fields.Boolean()
    as_needed = fields.Boolean()
    performed_on = fields.Date(allow_none=True, metadata={"description": "null: nothing was reported"})
    version = fields.Integer(
        allow_none=True, metadata={"description": "the version in force on the day; null: none was"}
    )
    credit = Exact()
    volume_ratio = Exact(attribute="volume")
    skip_reason = Choice(SkipReason, allow_none=True)
    late = fields.Boolean(metadata={"description": "one of its events came in over 24 hours after performing"})
    event_ids = fields.List(fields.UUID())


class ExplainedDayOut(Out):
    """What one exercise adds to the numbers on one day.

    Days with something due are the dates on which any exercise is `due`; active are those with an `active` one, full
    those of which every due one is `full`. A week's quota is met when every exercise booked in it says `quota_met`.
    """

    day = fields.Date(attribute="count.day")
    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    exercise = fields.String()
    version = fields.Integer(
        attribute="count.version", allow_none=True, metadata={"description": "null: none in force"}
    )
    expected = fields.Integer(attribute="count.expected")
    done = fields.Integer(attribute="count.done")
    partial_ = fields.Integer(data_key="partial", attribute="count.partial")
    skipped = fields.Integer(attribute="count.skipped")
    not_recorded = fields.Integer(attribute="count.not_recorded")
    extra = fields.Integer(attribute="count.extra")
    credited = Exact(attribute="count.credited")
    due = fields.Boolean(attribute="count.due", metadata={"description": "a schedule named the day; quotas name none"})
    active = fields.Boolean()
    full = fields.Boolean()
    quota_met = fields.Boolean(allow_none=True, metadata={"description": "null: no quota is booked on the day"})
    over_maximum = fields.Boolean(attribute="count.over_maximum")
    pain = fields.List(fields.Integer(), attribute="count.pains", metadata={"description": "0 to 10, of every entry"})
    effort = fields.List(
        fields.Integer(), attribute="count.efforts", metadata={"description": "0 to 10, of every entry"}
    )
    occurrences = fields.List(fields.Nested(ExplainedOut))


class ExplainedPageOut(Out):
    """Days in order; over all pages they add up to the figures of the window."""

    from_on = fields.Date(data_key="from", attribute="window.first")
    to_on = fields.Date(data_key="to", attribute="window.last")
    items = fields.List(fields.Nested(ExplainedDayOut))
    next_cursor = fields.String(allow_none=True)
