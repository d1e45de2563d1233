"""What changed between revisions in JSON, as data and in words."""

from marshmallow import fields

from hep_api.dosing.schemas import AsStored, DoseOut, ProgressionOut, ScheduleOut
from hep_api.foundation.web.fields import Choice, WholeInQuery
from hep_api.foundation.web.schemas import FieldErrorOut, In, Out
from hep_api.plans.comparing import ChangeKind
from hep_api.plans.schemas.days import LocalDay
from hep_api.plans.schemas.exercises import PrescribedExerciseOut

MOST = 2**31 - 1


class ChangesQuery(In):
    since = WholeInQuery(
        least=1,
        most=MOST,
        load_default=None,
        metadata={"description": "number of an earlier revision; left out: what governed the date before this one"},
    )


class SideOut(Out):
    """One side of a change; only what its kind is about is filled in."""

    exercise = AsStored(PrescribedExerciseOut, allow_none=True)
    dose = AsStored(DoseOut, allow_none=True)
    schedule = AsStored(ScheduleOut, allow_none=True)
    progression = AsStored(ProgressionOut, allow_none=True)
    order = fields.List(fields.UUID(), allow_none=True)
    note = fields.String(allow_none=True)


class ChangeOut(Out):
    """One change. `exercise` and `prescription_id` are null for what is about no single exercise: order and note.

    In a draft `prescription_id` is null, too, for what is not prescribed yet; in an order that stands by its exercise.
    """

    kind = Choice(ChangeKind)
    prescription_id = fields.UUID(allow_none=True)
    exercise = fields.String(allow_none=True, metadata={"description": "its name in the reader's language"})
    fields_ = fields.List(
        fields.String(), attribute="fields", data_key="fields", metadata={"description": "what differs in it"}
    )
    before = AsStored(SideOut, allow_none=True)
    after = AsStored(SideOut, allow_none=True)
    words = fields.String()


class ChangesOut(Out):
    """What a revision changed; `since` is null when there was nothing before it."""

    plan_id = fields.UUID()
    number = fields.Integer()
    effective_on = fields.Date()
    since = fields.Integer(allow_none=True)
    language = fields.String(metadata={"description": "of the words: en, es, de or fr"})
    changes = fields.List(fields.Nested(ChangeOut))
    words = fields.List(fields.String())


class DraftChangesQuery(In):
    effective_on = LocalDay(
        load_default=None, metadata={"description": "the day to publish for; the patient's next day when left out"}
    )


class PhaseChangesOut(Out):
    """What a phase would change, against what would govern its date without it: a revision or an earlier phase."""

    name = fields.String()
    effective_on = fields.Date()
    since = fields.Integer(allow_none=True, metadata={"description": "number of that revision; null where none is"})
    since_phase = fields.Integer(
        allow_none=True, metadata={"description": "that phase of the draft, from 1; null where it is a revision"}
    )
    changes = fields.List(fields.Nested(ChangeOut))
    words = fields.List(fields.String())


class DraftChangesOut(Out):
    """What publishing the draft would change. `refused` names what is left out, as publishing would refuse it."""

    plan_id = fields.UUID()
    version = fields.Integer(metadata={"description": "of the draft"})
    based_on = fields.Integer()
    last_revision = fields.Integer()
    outdated = fields.Boolean()
    language = fields.String(metadata={"description": "of the words: en, es, de or fr"})
    phases = fields.List(fields.Nested(PhaseChangesOut))
    refused = fields.List(fields.Nested(FieldErrorOut))
