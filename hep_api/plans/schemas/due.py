"""What is due on a day, in JSON."""

from marshmallow import fields

from hep_api.dosing.schemas import AsStored, DoseOut, ScheduleOut
from hep_api.foundation.web.schemas import Out
from hep_api.plans.schemas.exercises import PrescribedExerciseOut

IN_WORDS = {"description": "dose and schedule in the written language that suits Accept-Language best"}


class DuePlanOut(Out):
    """A plan that asks for something on the day, with what its revision in force says."""

    plan_id = fields.UUID()
    title = fields.String()
    phase_name = fields.String(metadata={"description": "empty when it has none"})
    note = fields.String(metadata={"description": "what the practitioner says to the patient with it; may be empty"})


class DueItemOut(Out):
    """A prescription in force on the day; `slots` are due. A quota or as_needed one is neither due nor at rest."""

    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    version = fields.Integer()
    exercise = AsStored(PrescribedExerciseOut)
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    in_words = fields.String(metadata=IN_WORDS)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    anchor_on = fields.Date(metadata={"description": "first day of this schedule; every_n_days counts from it"})
    expected = fields.Integer()
    slots = fields.List(fields.Integer())
    due = fields.Boolean()
    rest = fields.Boolean(metadata={"description": "its schedule leaves this day out"})
    paused = fields.Boolean(metadata={"description": "its plan is paused on this day"})
