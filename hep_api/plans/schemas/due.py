"""What is due on a day, and the bundle for offline use, in JSON."""

from marshmallow import fields

from hep_api.dosing.schemas import AsStored, DoseOut, ScheduleOut
from hep_api.foundation.web.fields import Choice
from hep_api.foundation.web.schemas import Out
from hep_api.plans.models.plans import DischargeReason
from hep_api.plans.schemas.exercises import PrescribedExerciseOut


class DueItemOut(Out):
    """A prescription in force on the day; `slots` are due. A quota or as_needed one is neither due nor at rest."""

    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    version = fields.Integer()
    exercise = AsStored(PrescribedExerciseOut)
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    anchor_on = fields.Date(metadata={"description": "first day of this schedule; every_n_days counts from it"})
    expected = fields.Integer()
    slots = fields.List(fields.Integer())
    due = fields.Boolean()
    rest = fields.Boolean(metadata={"description": "its schedule leaves this day out"})
    paused = fields.Boolean(metadata={"description": "its plan is paused on this day"})


class OfflineVersionOut(Out):
    version = fields.Integer()
    position = fields.Integer()
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True, metadata={"description": "the version no longer holds on this date"})
    anchor_on = fields.Date()


class OfflinePrescriptionOut(Out):
    id = fields.UUID()
    exercise = AsStored(PrescribedExerciseOut)
    versions = fields.List(fields.Nested(OfflineVersionOut))


class OfflinePauseOut(Out):
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to", allow_none=True)


class OfflinePlanOut(Out):
    id = fields.UUID(attribute="plan.id")
    title = fields.String(attribute="plan.title")
    goals = fields.List(fields.String(), attribute="plan.goals")
    own_why = fields.String(attribute="plan.own_why")
    starts_on = fields.Date(attribute="plan.starts_on")
    ends_on = fields.Date(attribute="plan.ends_on", allow_none=True)
    discharge_reason = Choice(DischargeReason, attribute="plan.discharge_reason", allow_none=True)
    version = fields.Integer(attribute="plan.version")
    pauses = fields.List(fields.Nested(OfflinePauseOut))
    prescriptions = fields.List(fields.Nested(OfflinePrescriptionOut))


class OfflineOut(Out):
    """Enough to work out any day offline: a version holds over [valid_from, valid_to), a pause over [from, to)."""

    patient_id = fields.UUID()
    zone = fields.String()
    day_starts_at = fields.Time(format="%H:%M")
    plans = fields.List(fields.Nested(OfflinePlanOut))
