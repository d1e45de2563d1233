"""Figures in JSON: exact ratios with numerator and denominator, shown with four decimals."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.adherence.asking import WindowName
from hep_api.adherence.entries import SkipReason
from hep_api.adherence.groups import Band
from hep_api.adherence.ratios import shown
from hep_api.adherence.series import Bucket
from hep_api.foundation.web.fields import Choice, Day, Instant
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out


class Exact(fields.Float):
    """An exact fraction, shown with four decimals, half towards plus infinity; null is not measurable."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return shown(value)


class FiguresQuery(In):
    """Which closed days; left out, the usual windows. Both dates are included, days that are not over are cut off."""

    from_on = Day(data_key="from", load_default=None)
    to_on = Day(data_key="to", load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def refuse_half_a_period(self, data: dict[str, Any], **_: Any) -> None:
        if data["from_on"] is None and data["to_on"] is not None:
            raise ValidationError({"from": [Broken("required", "Say from which date.")]})
        if data["to_on"] is not None and data["to_on"] < data["from_on"]:
            raise ValidationError({"to": [Broken("order", "Must not be before from.")]})


class OneWindowQuery(FiguresQuery):
    """A window by its name in place of a period, and as of when."""

    window = Choice(
        WindowName,
        load_default=None,
        metadata={"description": "only this one of the usual windows; `whole_plan` is a plan's or a prescription's"},
    )
    as_known_on = Instant(
        load_default=None, metadata={"description": "leaves out events and plan changes received after this instant"}
    )

    @validates_schema(skip_on_field_errors=True)
    def refuse_two_windows(self, data: dict[str, Any], **_: Any) -> None:
        if data["window"] is not None and data["from_on"] is not None:
            raise ValidationError({"window": [Broken("together", "Ask for a window by name or for a period.")]})


class PatientFiguresQuery(OneWindowQuery):
    by = Choice(
        Bucket,
        load_default=None,
        metadata={
            "description": "adds to each window its series: at most 366 days, or 106 weeks from Monday to Sunday"
        },
    )


class RatioOut(Out):
    """`value` is null when the denominator is 0: not measurable, which is neither 0 nor 1."""

    value = Exact(allow_none=True)
    numerator = Exact()
    denominator = fields.Integer()


class StatesOut(Out):
    """Occurrences; the first four add up to `expected`. `extra` are completed doings beyond them."""

    done = fields.Integer()
    # A schema has an attribute `partial` of its own, hence the underscore.
    partial_ = fields.Integer(data_key="partial", attribute="partial")
    skipped = fields.Integer()
    not_recorded = fields.Integer()
    expected = fields.Integer()
    extra = fields.Integer()


class SkipCountOut(Out):
    reason = Choice(SkipReason, allow_none=True)
    count = fields.Integer(attribute="occurrences")


class AsNeededOut(Out):
    doings = fields.Integer()
    per_week = Exact(allow_none=True)
    days_over_maximum = fields.Integer()


class MedianOut(Out):
    day = fields.Date()
    median = Exact()


class TrendOut(Out):
    """The median of each day with a report, and the slope per day over the 14 dates that end with the window."""

    medians = fields.List(fields.Nested(MedianOut))
    slope = Exact(allow_none=True)


class StreakOut(Out):
    """In a row: the run that reaches to the end, and the longest. Nothing due neither breaks nor counts."""

    current = fields.Integer()
    longest = fields.Integer()
    since = fields.Date(allow_none=True, metadata={"description": "where the current run began; of weeks the Monday"})
    includes_open = fields.Boolean(
        metadata={"description": "today, or this week, which is not over, counts in already; it never breaks a run"}
    )


class StreaksOut(Out):
    """`days`: with something due of which at least one was completed. `weeks`: with every weekly quota met."""

    days = fields.Nested(StreakOut)
    weeks = fields.Nested(StreakOut)


class MeasuresOut(Out):
    """The measures of a window of closed days, as docs/metrics.md defines them."""

    from_on = fields.Date(data_key="from", attribute="measures.window.first")
    to_on = fields.Date(data_key="to", attribute="measures.window.last")
    closed_days = fields.Integer(attribute="measures.window.days")
    entries = fields.Integer(
        attribute="measures.entries", metadata={"description": "how many entries in force were performed in it"}
    )
    measurable = fields.Boolean(metadata={"description": "at least 3 expected occurrences, as groups ask for"})
    completion = fields.Nested(RatioOut, attribute="measures.completion")
    band = Choice(Band, allow_none=True)
    dose = fields.Nested(RatioOut, attribute="measures.dose")
    active_days = fields.Nested(RatioOut, attribute="measures.active_days")
    full_days = fields.Nested(RatioOut, attribute="measures.full_days")
    relative_dose = fields.Nested(RatioOut, attribute="measures.relative_dose")
    over_performance = fields.Nested(RatioOut, attribute="measures.over_performance")
    states = fields.Nested(StatesOut, attribute="measures.states")
    skip_reasons = fields.List(fields.Nested(SkipCountOut), attribute="measures.skips")
    as_needed = fields.Nested(AsNeededOut, attribute="measures.as_needed")
    pain = fields.Nested(TrendOut, attribute="measures.pain")
    effort = fields.Nested(TrendOut, attribute="measures.effort")
    streaks = fields.Nested(StreaksOut, attribute="measures.streaks")


class PrescriptionMeasuresOut(MeasuresOut):
    """The measures of one exercise."""

    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    exercise = fields.String()


class WindowFiguresOut(Out):
    """`trailing_7`, `trailing_28`, `period` or `whole_plan`: in all, and exercise by exercise."""

    name = fields.String()
    total = fields.Nested(MeasuresOut)
    prescriptions = fields.List(fields.Nested(PrescriptionMeasuresOut))
    series = fields.List(
        fields.Nested(MeasuresOut),
        allow_none=True,
        metadata={
            "description": "the window cut into days or calendar weeks, each measured; null unless asked by `by`"
        },
    )


class PatientFiguresOut(Out):
    """Figures over closed days; `today` is not over and stands apart."""

    patient_id = fields.UUID()
    plan_id = fields.UUID(allow_none=True, metadata={"description": "null: over all plans"})
    prescription_id = fields.UUID(allow_none=True, metadata={"description": "null: over all exercises"})
    as_known_on = fields.DateTime(allow_none=True)
    last_closed_day = fields.Date()
    streaks = fields.Nested(
        StreaksOut, metadata={"description": "over the whole course, and today; a window's are cut to the window"}
    )
    today = fields.Nested(MeasuresOut)
    windows = fields.List(fields.Nested(WindowFiguresOut))
