"""Figures of groups in JSON."""

from typing import Any

from marshmallow import fields, pre_dump

from hep_api.adherence.queries.groups import GroupWindow
from hep_api.adherence.schemas.figures import Exact, RatioOut
from hep_api.foundation.web.schemas import Out


class BandsOut(Out):
    """How many of the measurable patients are in each band."""

    on_track = fields.Integer()
    watch = fields.Integer()
    low = fields.Integer()


class GroupFiguresOut(Out):
    """Mean and median of the patients' completion, each patient by their own clock.

    `hidden`: under 5 patients, not all of whom you may see; then every figure is null.
    """

    name = fields.String(metadata={"description": "`trailing_7`, `trailing_28` or `period`"})
    hidden = fields.Boolean()
    patients = fields.Integer(allow_none=True)
    measurable = fields.Integer(allow_none=True, metadata={"description": "with at least 3 expected occurrences"})
    excluded = fields.Integer(allow_none=True)
    mean = Exact(allow_none=True)
    median = Exact(allow_none=True)
    bands = fields.Nested(BandsOut, allow_none=True)
    coverage = fields.Nested(
        RatioOut,
        allow_none=True,
        metadata={"description": "patients who reported anything, of those with something expected"},
    )

    @pre_dump
    def flat(self, window: GroupWindow, **_: Any) -> dict[str, Any]:
        shown: dict[str, Any] = dict.fromkeys(self.fields)
        if window.figures is not None:
            shown |= {name: getattr(window.figures, name) for name in shown if name not in ("name", "hidden")}
        return {**shown, "name": window.name, "hidden": window.figures is None}


class GroupOut(Out):
    """A practitioner, a location, or the clinic itself."""

    id = fields.UUID()
    name = fields.String()
    windows = fields.List(fields.Nested(GroupFiguresOut))


class GroupsOut(Out):
    items = fields.List(fields.Nested(GroupOut))
