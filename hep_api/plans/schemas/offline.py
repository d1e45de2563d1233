"""The bundle for use without a network, in JSON."""

from marshmallow import fields

from hep_api.dosing.schemas import AsStored, DoseOut, ScheduleOut
from hep_api.foundation.web.fields import Choice
from hep_api.foundation.web.schemas import Out
from hep_api.plans.comparing import ChangeKind
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason
from hep_api.plans.schemas.calendar import CalendarDayOut, QuotaWeekOut
from hep_api.plans.schemas.due import IN_WORDS
from hep_api.plans.schemas.exercises import PrescribedExerciseOut


class OfflineVersionOut(Out):
    version = fields.Integer()
    position = fields.Integer()
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    in_words = fields.String(metadata=IN_WORDS)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True, metadata={"description": "the version no longer holds on this date"})
    anchor_on = fields.Date()


class OfflinePrescriptionOut(Out):
    id = fields.UUID()
    exercise = AsStored(PrescribedExerciseOut)
    versions = fields.List(fields.Nested(OfflineVersionOut))


class OfflinePauseOut(Out):
    from_on = fields.Date(data_key="from", attribute="from")
    to_on = fields.Date(data_key="to", attribute="to", allow_none=True)


class OfflinePhaseOut(Out):
    """A revision that holds today, or will from `effective_on` on."""

    number = fields.Integer(metadata={"description": "of the revision"})
    effective_on = fields.Date()
    phase_name = fields.String(metadata={"description": "empty when it has none"})
    note = fields.String(metadata={"description": "what the practitioner says to the patient with it; may be empty"})


class OfflineGoalOut(Out):
    """A goal that was not withdrawn. In words when `measure` is null; each value at `GET .../goals`."""

    id = fields.UUID()
    text = fields.String()
    measure = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    start_value = fields.Float(allow_none=True)
    target_value = fields.Float(allow_none=True)
    target_on = fields.Date(allow_none=True)
    direction = fields.String(allow_none=True, metadata={"enum": ["up", "down", None]})
    latest_value = fields.Float(allow_none=True)
    latest_on = fields.Date(allow_none=True)
    progress = fields.Float(allow_none=True, metadata={"description": "0 to 1; null without a start or a value"})
    target_met = fields.Boolean(allow_none=True, metadata={"description": "by the latest value"})
    state = Choice(GoalState)
    outcome_on = fields.Date(allow_none=True)
    outcome_value = fields.Float(allow_none=True)
    outcome_note = fields.String(allow_none=True)
    version = fields.Integer(metadata={"description": 'for If-Match, in `"{id}-{version}"`'})


class ToldChangeOut(Out):
    """A change in words; both sides of it are at `GET /v1/patients/{patient_id}/changes`."""

    kind = Choice(ChangeKind)
    prescription_id = fields.UUID(allow_none=True)
    exercise = fields.String(allow_none=True, metadata={"description": "its name in the reader's language"})
    fields_ = fields.List(
        fields.String(), attribute="fields", data_key="fields", metadata={"description": "what differs in it"}
    )
    words = fields.String()


class ChangesToAcknowledgeOut(Out):
    """A revision that the patient has yet to acknowledge, with what it changes since what they acknowledged."""

    plan_id = fields.UUID()
    plan_title = fields.String()
    number = fields.Integer()
    effective_on = fields.Date()
    since = fields.Integer(allow_none=True, metadata={"description": "null: nothing was there before it"})
    note = fields.String()
    published_at = fields.DateTime()
    language = fields.String(metadata={"description": "of the words: en, es, de or fr"})
    changes = fields.List(fields.Nested(ToldChangeOut))


class OfflinePlanOut(Out):
    id = fields.UUID()
    title = fields.String()
    goals = fields.List(fields.String(), metadata={"description": "the texts of `goals_in_full`"})
    goals_in_full = fields.List(fields.Nested(OfflineGoalOut))
    own_why = fields.String()
    values_and_preferences = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    discharge_reason = Choice(DischargeReason, allow_none=True)
    version = fields.Integer()
    pauses = fields.List(fields.Nested(OfflinePauseOut))
    phases = fields.List(
        fields.Nested(OfflinePhaseOut), metadata={"description": "what holds today, then what lies ahead, by date"}
    )
    prescriptions = fields.List(fields.Nested(OfflinePrescriptionOut))


class PrefetchOut(Out):
    """A file to keep. Known by `asset_id` and `rendition`, a drawing by its `url`; the links of assets change."""

    asset_id = fields.UUID(allow_none=True)
    rendition = fields.String(metadata={"enum": ["original", "thumbnail", "poster"]})
    content_type = fields.String()
    bytes = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True)
    url = fields.String(metadata={"description": "relative to this server, or absolute in a bucket"})
    expires_at = fields.DateTime(allow_none=True, metadata={"description": "null: never"})


class OfflineOut(Out):
    """Enough to work out any day offline: a version holds over [valid_from, valid_to), a pause over [from, to).

    `days` are the 14 from `today` on, worked out; `quotas` the weeks of these days, whole.
    """

    patient_id = fields.UUID()
    zone = fields.String()
    day_starts_at = fields.String(metadata={"description": "HH:MM"})
    today = fields.Date(metadata={"description": "the patient's local date when this was made"})
    plans = fields.List(fields.Nested(OfflinePlanOut))
    changes_to_acknowledge = fields.List(
        fields.Nested(ChangesToAcknowledgeOut), metadata={"description": "the oldest first"}
    )
    days = fields.List(fields.Nested(CalendarDayOut))
    quotas = fields.List(fields.Nested(QuotaWeekOut))
    media = fields.List(fields.Nested(PrefetchOut))
