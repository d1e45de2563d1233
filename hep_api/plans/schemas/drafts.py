"""Drafts of plans in JSON: what is being prepared, phase by phase, and publishing it."""

from typing import Any

from marshmallow import fields, validates_schema

from hep_api.dosing.schemas import AsStored, DoseOut, ProgressionIn, ProgressionOut, ScheduleOut
from hep_api.foundation.web.fields import Choice, Several, Text, Whole
from hep_api.foundation.web.schemas import In, Out
from hep_api.library.queries.templates import ExerciseState
from hep_api.library.schemas.templates import ReadItemIn, TemplateOriginOut, from_day, refuse_disorder
from hep_api.library.template_rows import MOST_PHASES
from hep_api.plans.schemas.days import LocalDay
from hep_api.plans.schemas.plans import (
    FROM_WHEN,
    MOST_PRESCRIPTIONS,
    RevisionItemIn,
    RevisionOut,
    client_made_id,
    reason_for_the_past,
    refuse_repeated_prescriptions,
)

BASED_ON = "number of the revision that the draft starts from, 0 for none; the plan's newest when left out"


class DraftItemIn(ReadItemIn, RevisionItemIn):
    """As of a revision, with the progression that its template has for it."""

    progression = fields.Nested(ProgressionIn, load_default=None, allow_none=True)


class DraftPhaseIn(In):
    """The whole of the exercises from `from_day` on, in their order; in a draft there may be none yet."""

    name = Text(least=0, most=120, load_default="")
    from_day = from_day()
    note = Text(least=0, most=5000, lines=True, load_default="")
    items = Several(fields.Nested(DraftItemIn), most=MOST_PRESCRIPTIONS, load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def each_prescription_once(self, data: dict[str, Any], **_: Any) -> None:
        refuse_repeated_prescriptions(data["items"])


class DraftIn(In):
    """The whole of the draft: one phase, or several that follow each other from the day it is published for."""

    based_on = Whole(least=0, most=2**31 - 1, load_default=None, allow_none=True, metadata={"description": BASED_ON})
    phases = Several(fields.Nested(DraftPhaseIn), least=1, most=MOST_PHASES, required=True)

    @validates_schema(skip_on_field_errors=True)
    def refuse_phases_out_of_order(self, data: dict[str, Any], **_: Any) -> None:
        refuse_disorder(data["phases"])


class DraftPublishIn(In):
    """From when the draft's first phase holds; the others follow by their days."""

    id = client_made_id()
    effective_on = LocalDay(load_default=None, allow_none=True, metadata={"description": FROM_WHEN})
    reason = reason_for_the_past()


class DraftItemOut(Out):
    """`exercise_id` for what is new, `prescription_id` for what goes on; the other one is null."""

    exercise_id = fields.UUID(allow_none=True)
    prescription_id = fields.UUID(allow_none=True)
    exercise_name = fields.String(allow_none=True, metadata={"description": "in the reader's language"})
    exercise_state = Choice(ExerciseState)
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    progression = AsStored(ProgressionOut, allow_none=True)


class DraftPhaseOut(Out):
    name = fields.String()
    from_day = fields.Integer()
    note = fields.String()
    items = fields.List(fields.Nested(DraftItemOut))


class DraftOut(Out):
    id = fields.UUID()
    plan_id = fields.UUID()
    based_on = fields.Integer()
    last_revision = fields.Integer(metadata={"description": "the plan's newest; above based_on, the draft is outdated"})
    outdated = fields.Boolean()
    phases = fields.List(fields.Nested(DraftPhaseOut))
    template = fields.Nested(TemplateOriginOut, allow_none=True)
    copied_from = fields.UUID(allow_none=True, metadata={"description": "the plan that it was copied from"})
    version = fields.Integer()
    changed_at = fields.AwareDateTime()
    changed_by = fields.UUID()


class PublishedOut(Out):
    """The revisions that came of a draft, one for each phase, in their order."""

    plan_id = fields.UUID()
    plan_version = fields.Integer()
    revisions = fields.List(fields.Nested(RevisionOut))
