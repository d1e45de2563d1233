"""Figures of groups in JSON, and the patients behind them."""

from typing import Any

from marshmallow import fields, pre_dump

from hep_api.adherence.groups import Band, Measure, Rating
from hep_api.adherence.queries.groups.figures import GroupWindow
from hep_api.adherence.queries.groups.why import WhyNot
from hep_api.adherence.schemas.figures import Exact, OneWindowQuery, PatientFiguresQuery, RatioOut, SkipCountOut
from hep_api.foundation.web.fields import Choice, Text, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST
from hep_api.foundation.web.schemas import Out


class GroupFiguresQuery(PatientFiguresQuery):
    """Which closed days of each patient, as of when, and whether as a series too."""


class GroupWhyQuery(OneWindowQuery):
    """Which number: the window, as of when. Left out, the trailing 28 closed days."""

    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(most=500, load_default=None)


class BandsOut(Out):
    """How many of the measurable patients are in each band."""

    on_track = fields.Integer()
    watch = fields.Integer()
    low = fields.Integer()


class SpreadOut(Out):
    """Over `n` measurable patients, who have something in the denominator; null without any."""

    n = fields.Integer()
    mean = Exact(allow_none=True)
    median = Exact(allow_none=True)


class MiddleOut(Out):
    """Null without any patient."""

    mean = Exact(allow_none=True)
    median = Exact(allow_none=True)


class GroupStreakOut(Out):
    """Over the `n` patients with something due in the window: the run that reaches to its end, and its longest."""

    n = fields.Integer(attribute="current.n")
    current = fields.Nested(MiddleOut)
    longest = fields.Nested(MiddleOut)


class GroupStreaksOut(Out):
    """`days`: with something due of which at least one was completed."""

    days = fields.Nested(GroupStreakOut)


class GroupTrendOut(Out):
    """Of the `n` patients with a slope: its mean, per day over 14 dates, and for how many it rises."""

    n = fields.Integer()
    mean_slope = Exact(allow_none=True)
    rising = fields.Integer()


class GroupBucketOut(Out):
    """One day, or one calendar week cut to the window, measured as a window of its own."""

    from_on = fields.Date(data_key="from", attribute="window.first")
    to_on = fields.Date(data_key="to", attribute="window.last")
    patients = fields.Integer(attribute="figures.patients")
    measurable = fields.Integer(attribute="figures.measurable")
    excluded = fields.Integer(attribute="figures.excluded")
    mean = Exact(allow_none=True, attribute="figures.mean")
    median = Exact(allow_none=True, attribute="figures.median")
    bands = fields.Nested(BandsOut, attribute="figures.bands")
    coverage = fields.Nested(RatioOut, attribute="figures.coverage")


class GroupFiguresOut(Out):
    """Mean and median of the patients' completion, and of their other measures, each patient by their own clock.

    `hidden`: under 5 patients, not all of whom you may see; then every figure is null.
    """

    name = fields.String(metadata={"description": "`trailing_7`, `trailing_28` or `period`"})
    hidden = fields.Boolean()
    patients = fields.Integer(allow_none=True)
    measurable = fields.Integer(allow_none=True, metadata={"description": "with at least 3 expected occurrences"})
    excluded = fields.Integer(allow_none=True)
    mean = Exact(allow_none=True, metadata={"description": "of the completion"})
    median = Exact(allow_none=True, metadata={"description": "of the completion"})
    bands = fields.Nested(BandsOut, allow_none=True)
    coverage = fields.Nested(
        RatioOut,
        allow_none=True,
        metadata={"description": "patients who reported anything, of those with something expected"},
    )
    dose = fields.Nested(SpreadOut, allow_none=True)
    active_days = fields.Nested(SpreadOut, allow_none=True)
    full_days = fields.Nested(SpreadOut, allow_none=True)
    relative_dose = fields.Nested(SpreadOut, allow_none=True)
    over_performance = fields.Nested(SpreadOut, allow_none=True)
    skip_reasons = fields.List(
        fields.Nested(SkipCountOut), allow_none=True, metadata={"description": "skipped occurrences of all patients"}
    )
    streaks = fields.Nested(GroupStreaksOut, allow_none=True)
    pain = fields.Nested(GroupTrendOut, allow_none=True)
    effort = fields.Nested(GroupTrendOut, allow_none=True)
    series = fields.List(
        fields.Nested(GroupBucketOut),
        allow_none=True,
        metadata={"description": "the window cut into days or calendar weeks; null unless asked by `by`"},
    )

    @pre_dump
    def flat(self, window: GroupWindow, **_: Any) -> dict[str, Any]:
        shown: dict[str, Any] = dict.fromkeys(self.fields)
        figures = window.figures
        if figures is not None:
            shown |= {name: getattr(figures, name) for name in shown if hasattr(figures, name)}
            shown |= {measure.value: figures.measures[measure] for measure in Measure}
            shown |= {rating.value: figures.trends[rating] for rating in Rating}
            shown["skip_reasons"] = figures.skips
            shown["streaks"] = {"days": figures.streaks}
        return {**shown, "name": window.name, "hidden": figures is None, "series": window.series}


class GroupOut(Out):
    """A practitioner, a location, or the clinic itself."""

    id = fields.UUID()
    name = fields.String()
    as_known_on = fields.DateTime(allow_none=True)
    windows = fields.List(fields.Nested(GroupFiguresOut))


class GroupsOut(Out):
    items = fields.List(fields.Nested(GroupOut))


class PatientBehindOut(Out):
    """What one patient adds to the mean: their completion, unless `excluded` says why they are not in it."""

    patient_id = fields.UUID()
    name = fields.String()
    from_on = fields.Date(data_key="from", attribute="window.first")
    to_on = fields.Date(data_key="to", attribute="window.last", metadata={"description": "by the patient's own clock"})
    completion = fields.Nested(RatioOut)
    reported = fields.Boolean(metadata={"description": "anything at all in the window, as coverage counts"})
    band = Choice(Band, allow_none=True)
    excluded = Choice(WhyNot, allow_none=True, metadata={"description": "null: in the mean"})
    why = fields.String(
        allow_none=True, metadata={"description": "path of the occurrences behind it; null over no closed day"}
    )


class GroupPageOut(Out):
    """The patients of a group whom you may see, by name; over all pages, with none unseen, they make up the mean."""

    id = fields.UUID()
    name = fields.String()
    window = fields.String(attribute="window_name", metadata={"description": "`trailing_28`, `trailing_7` or `period`"})
    as_known_on = fields.DateTime(allow_none=True)
    hidden = fields.Boolean(metadata={"description": "under 5 patients, not all of whom you may see: none is listed"})
    patients = fields.Integer(allow_none=True)
    unseen = fields.Integer(
        allow_none=True, metadata={"description": "patients of the group whose records you may not read"}
    )
    items = fields.List(fields.Nested(PatientBehindOut))
    next_cursor = fields.String(allow_none=True)
