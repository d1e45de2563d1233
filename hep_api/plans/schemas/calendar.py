"""What is due on each of many days, in JSON."""

from marshmallow import fields

from hep_api.dosing.schedule import ScheduleKind
from hep_api.foundation.web.fields import Choice, Day
from hep_api.foundation.web.schemas import In, Out


class CalendarQuery(In):
    """Which days, both included, at most 366; left out, two weeks from the patient's today on."""

    from_on = Day(data_key="from", load_default=None, metadata={"description": "left out: the patient's today"})
    to_on = Day(data_key="to", load_default=None, metadata={"description": "left out: 13 days after `from`"})


class CalendarItemOut(Out):
    """A version in force on the day; `slots` are due. A quota or as_needed one is neither due nor at rest."""

    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    version = fields.Integer()
    kind = Choice(ScheduleKind)
    slots = fields.List(fields.Integer())
    due = fields.Boolean()
    rest = fields.Boolean(metadata={"description": "its schedule leaves this day out"})
    paused = fields.Boolean(metadata={"description": "its plan is paused on this day"})
    eligible = fields.Boolean(metadata={"description": "a doing on this day can fill its weekly quota"})


class CalendarDayOut(Out):
    day = fields.Date()
    items = fields.List(fields.Nested(CalendarItemOut))


class EligibleDayOut(Out):
    day = fields.Date()
    version = fields.Integer()
    times_per_week = fields.Integer(metadata={"description": "the quota in force on this day"})


class QuotaWeekOut(Out):
    """A whole week in which a quota can be filled, at most once on each of its eligible days.

    The week expects floor(sum of times_per_week / 7 over the eligible days, plus 0.5) of them.
    """

    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    monday = fields.Date()
    eligible = fields.List(fields.Nested(EligibleDayOut))


class NamedPrescriptionOut(Out):
    plan_id = fields.UUID()
    prescription_id = fields.UUID()
    exercise_name = fields.String(metadata={"description": "in the language that suits Accept-Language best"})


class CalendarOut(Out):
    """Every day from `from` to `to`, both included, with what is in force on it in the order of plan and revision."""

    patient_id = fields.UUID()
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    today = fields.Date(metadata={"description": "the patient's local date now"})
    prescriptions = fields.List(fields.Nested(NamedPrescriptionOut))
    days = fields.List(fields.Nested(CalendarDayOut))
    quotas = fields.List(fields.Nested(QuotaWeekOut))
