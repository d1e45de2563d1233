"""Plans, revisions, pauses and ends in JSON, in and out."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.dosing.schemas import (
    AsStored,
    DoseIn,
    DoseOut,
    ProgressionIn,
    ProgressionOut,
    ScheduleIn,
    ScheduleOut,
    refuse_aimless,
)
from hep_api.foundation.web.fields import Choice, Day, Flag, Id, Several, Text, Whole
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.models.plans import DischargeReason
from hep_api.plans.queries.revisions import InForce
from hep_api.plans.schemas.days import LocalDay
from hep_api.plans.schemas.exercises import PrescribedExerciseOut

MOST_PRESCRIPTIONS = 100
CLIENT_MADE_ID = {"description": "made by the client; sent again with the same content it gives the same answer"}
FROM_WHEN = "a date YYYY-MM-DD, or the patient's `today` or `tomorrow`; the patient's next day when left out"
OWN_WHY = {"description": "why the patient wants it, in their own words"}
VALUES = {"description": "what matters to the patient and how they like to go about it"}
BACK_DATED = {"description": "needed for a change from before the patient's today"}


def client_made_id() -> Id:
    return Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)


def reason_for_the_past() -> Text:
    return Text(most=1000, lines=True, load_default=None, allow_none=True, metadata=BACK_DATED)


def _note() -> Text:
    return Text(least=0, most=5000, lines=True, load_default="")


class PlanIn(In):
    """A plan without exercises; they come with its first revision."""

    id = client_made_id()
    title = Text(most=200, required=True)
    goals = Several(Text(most=500), most=20, load_default=list)
    own_why = Text(least=0, most=2000, lines=True, load_default="", metadata=OWN_WHY)
    values_and_preferences = Text(least=0, most=2000, lines=True, load_default="", metadata=VALUES)
    visits_prescribed = Whole(least=1, most=500, load_default=None, allow_none=True)
    starts_on = Day(required=True)
    reason = reason_for_the_past()


class PlanChangeIn(In):
    """What is left out stays as it is. Start, end and pauses have doors of their own."""

    title = Text(most=200)
    own_why = Text(least=0, most=2000, lines=True, metadata=OWN_WHY)
    values_and_preferences = Text(least=0, most=2000, lines=True, metadata=VALUES)
    visits_prescribed = Whole(least=1, most=500, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def changes_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError({"title": [Broken("one_of", "Give at least one field to change.")]})


class OwnWhyIn(In):
    own_why = Text(least=0, most=2000, lines=True, required=True, metadata=OWN_WHY)


class RevisionItemIn(In):
    """A new prescription (`exercise_id`) or one of this plan (`prescription_id`); dose and schedule always in full."""

    exercise_id = Id(load_default=None, allow_none=True)
    prescription_id = Id(load_default=None, allow_none=True)
    dose = fields.Nested(DoseIn, required=True)
    schedule = fields.Nested(ScheduleIn, required=True)
    progression = fields.Nested(ProgressionIn, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def leads_on(self, data: dict[str, Any], **_: Any) -> None:
        refuse_aimless(data)

    @validates_schema
    def one_of_two(self, data: dict[str, Any], **_: Any) -> None:
        given = [name for name in ("exercise_id", "prescription_id") if data.get(name) is not None]
        if len(given) != 1:
            words = "Give exercise_id for a new prescription or prescription_id for one of this plan, not both."
            raise ValidationError({"exercise_id": [Broken("one_of", words)]})


def refuse_repeated_prescriptions(items: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a prescription that stands twice in one revision."""
    seen = set()
    for place, item in enumerate(items):
        if item["prescription_id"] is not None and item["prescription_id"] in seen:
            words = "Name each prescription once."
            raise ValidationError({"items": {place: {"prescription_id": [Broken("repeated", words)]}}})
        seen.add(item["prescription_id"])


class RevisionIn(In):
    """The whole of the plan's exercises from `effective_on` on, in their order; what is left out ends."""

    id = client_made_id()
    effective_on = LocalDay(load_default=None, allow_none=True, metadata={"description": FROM_WHEN})
    reason = reason_for_the_past()
    note = _note()
    items = Several(fields.Nested(RevisionItemIn), least=1, most=MOST_PRESCRIPTIONS, required=True)

    @validates_schema(skip_on_field_errors=True)
    def each_prescription_once(self, data: dict[str, Any], **_: Any) -> None:
        refuse_repeated_prescriptions(data["items"])


class PauseIn(In):
    """Nothing is expected from `from` on, until the day `to`, or until further notice."""

    from_on = Day(required=True, data_key="from")
    to_on = Day(data_key="to", load_default=None, allow_none=True)
    reason = Text(most=1000, lines=True, required=True)


class PauseChangeIn(In):
    """What is left out stays as it is; `withdrawn` takes the pause back altogether."""

    from_on = Day(data_key="from")
    to_on = Day(data_key="to", allow_none=True)
    withdrawn = Flag()
    reason = Text(most=1000, lines=True, required=True, metadata={"description": "why it is changed"})

    @validates_schema
    def changes_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("withdrawn") is False:
            raise ValidationError({"withdrawn": [Broken("choice", "A withdrawn pause does not come back.")]})
        if data.get("withdrawn") and data.keys() & {"from_on", "to_on"}:
            raise ValidationError({"withdrawn": [Broken("one_of", "A withdrawn pause has no new dates.")]})
        if data.keys() <= {"reason"}:
            raise ValidationError({"from": [Broken("one_of", "Give from, to or withdrawn.")]})


class PlanEndIn(In):
    """Nothing is expected from `ends_on` on, which is the patient's today when left out."""

    discharge_reason = Choice(DischargeReason, required=True)
    ends_on = Day(load_default=None, allow_none=True)
    reason = reason_for_the_past()
    summary = Text(
        least=0, most=5000, lines=True, load_default="", metadata={"description": "for the patient and the referrer"}
    )
    note = Text(least=0, most=5000, lines=True, load_default="", metadata={"description": "for the care team"})


class PlanOut(Out):
    id = fields.UUID()
    patient_id = fields.UUID()
    title = fields.String()
    goals = fields.List(fields.String(), metadata={"description": "the texts of the goals that were not withdrawn"})
    own_why = fields.String()
    values_and_preferences = fields.String()
    visits_prescribed = fields.Integer(allow_none=True)
    starts_on = fields.Date()
    reason = fields.String(allow_none=True, metadata={"description": "why it started in the past"})
    ends_on = fields.Date(allow_none=True)
    status = fields.String(metadata={"enum": ["open", "ended"], "description": "ended: from the date ends_on on"})
    discharge_reason = Choice(DischargeReason, allow_none=True)
    exercises_readable_until = fields.Date(
        allow_none=True,
        metadata={"description": "the first date on which the patient no longer reads the exercises; null while open"},
    )
    last_revision = fields.Integer(metadata={"description": "0 while nothing is published"})
    version = fields.Integer()
    started_at = fields.DateTime()
    started_by = fields.UUID()


class RevisionItemOut(Out):
    prescription_id = fields.UUID()
    exercise = AsStored(PrescribedExerciseOut)
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    progression = AsStored(
        ProgressionOut, allow_none=True, metadata={"description": "when to suggest which dose next; null for patients"}
    )
    in_words = fields.String(metadata={"description": "dose and schedule, in English, Spanish, German or French"})


class TemplateOfRevisionOut(Out):
    id = fields.UUID()
    version = fields.Integer()
    phase = fields.Integer(metadata={"description": "which of the template's phases, from 1"})


class RevisionHeadOut(Out):
    id = fields.UUID()
    plan_id = fields.UUID()
    number = fields.Integer()
    effective_on = fields.Date()
    reason = fields.String(allow_none=True)
    note = fields.String()
    published_at = fields.DateTime()
    published_by = fields.UUID()
    acknowledged_at = fields.DateTime(
        allow_none=True, metadata={"description": "when the patient said to have seen it, or a later one"}
    )
    phase_name = fields.String(metadata={"description": "such as `Weeks 0-2`; empty for a revision of its own"})
    template = fields.Nested(
        TemplateOfRevisionOut, allow_none=True, metadata={"description": "the template's version that it came from"}
    )


class RevisionSummaryOut(RevisionHeadOut):
    in_force = Choice(
        InForce,
        metadata={"description": "by its dates on the patient's today; `replaced` by a later one of the same date"},
    )


class RevisionOut(RevisionHeadOut):
    copied_from = fields.UUID(
        allow_none=True, metadata={"description": "the plan that it was copied from; always null for the patient"}
    )
    items = fields.List(fields.Nested(RevisionItemOut))


class PauseOut(Out):
    id = fields.UUID(attribute="pause_id")
    plan_id = fields.UUID()
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to", allow_none=True)
    reason = fields.String()
    withdrawn = fields.Boolean()
    recorded_at = fields.DateTime()
    recorded_by = fields.UUID()
