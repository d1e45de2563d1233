"""What a phone pulls, in JSON."""

from marshmallow import fields

from hep_api.adherence.schemas.events import EventOut
from hep_api.foundation.web.fields import Choice, Text, WholeInQuery
from hep_api.foundation.web.schemas import In, Out
from hep_api.plans.models.changes import Shown
from hep_api.plans.schemas.acknowledging import AcknowledgementOut
from hep_api.plans.schemas.offline import OfflineGoalOut, OfflinePauseOut, OfflinePlanOut

DEFAULT_LIMIT, MOST = 200, 500


class SyncQuery(In):
    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(
        most=1000, load_default=None, metadata={"description": "of this patient's last answer; none the first time"}
    )


class SyncSettingsOut(Out):
    """What decides how the phone counts days, and what the server takes."""

    zone = fields.String()
    day_starts_at = fields.String(metadata={"description": "HH:MM"})
    events_accepted_days_back = fields.Integer()
    ended_plan_readable_days = fields.Integer()


class SyncRevisionOut(Out):
    id = fields.UUID()
    plan_id = fields.UUID()
    number = fields.Integer()
    effective_on = fields.Date()
    phase = fields.Integer(metadata={"description": "its place among those that were published together, from 1"})
    phase_name = fields.String(metadata={"description": "empty when it has none"})
    note = fields.String(metadata={"description": "what the practitioner says to the patient with it; may be empty"})
    published_at = fields.DateTime()


class SyncPauseOut(OfflinePauseOut):
    id = fields.UUID()
    plan_id = fields.UUID()
    reason = fields.String()
    recorded_at = fields.DateTime()


class SyncGoalOut(OfflineGoalOut):
    plan_id = fields.UUID()


class SyncAcknowledgementOut(AcknowledgementOut):
    id = fields.UUID(metadata={"description": "the revision's"})
    revision_id = fields.UUID()


class GoneOut(Out):
    """What is to be forgotten; with a plan all that names it, but no events."""

    kind = Choice(Shown, metadata={"description": "plan, pause or goal"})
    id = fields.UUID()
    plan_id = fields.UUID()


class SyncOut(Out):
    """A page of what changed. Apply it whole: after a `reset` forget what was pulled before, put each thing by its id,
    drop what is `gone`, and keep `cursor`, all in one local transaction; ask again while there is `more`.
    """

    reset = fields.Boolean(metadata={"description": "forget first all that was pulled, and never the outbox"})
    settings = fields.Nested(SyncSettingsOut, allow_none=True, metadata={"description": "null: as they were"})
    plans = fields.List(fields.Nested(OfflinePlanOut))
    revisions = fields.List(fields.Nested(SyncRevisionOut))
    pauses = fields.List(fields.Nested(SyncPauseOut))
    goals = fields.List(fields.Nested(SyncGoalOut))
    acknowledgements = fields.List(fields.Nested(SyncAcknowledgementOut))
    events = fields.List(fields.Nested(EventOut), metadata={"description": "of all devices, in the order of `seq`"})
    gone = fields.List(fields.Nested(GoneOut))
    cursor = fields.String(metadata={"description": "for the next request; opaque"})
    more = fields.Boolean(metadata={"description": "ask again at once"})
