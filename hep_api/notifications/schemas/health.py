"""A clinic's health in JSON."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Instant
from hep_api.foundation.web.schemas import Out
from hep_api.notifications.models.pushes import Provider, PushResult, PushState
from hep_api.notifications.queries.health import ChannelState
from hep_api.notifications.queries.mails import MailState

DUE = {"description": "for how long something has been due that has not been done; null: nothing is due"}


class PushHealthOut(Out):
    """One way of pushing: to phones by Firebase, or to browsers."""

    state = Choice(ChannelState)
    failing_since = Instant(allow_none=True)
    failing_with = Choice(PushResult, allow_none=True)
    waiting = fields.Integer()
    oldest_due_seconds = fields.Integer(allow_none=True, metadata=DUE)
    dead_letters = fields.Integer(metadata={"description": "listed by `GET /v1/clinic/pushes`"})
    last_sent_at = Instant(allow_none=True)


class ResultCountOut(Out):
    provider = Choice(Provider)
    state = Choice(PushState)
    result = Choice(PushResult, allow_none=True)
    count = fields.Integer()


class MailHealthOut(Out):
    """Mail to the clinic's members. `folder`: no server is set, nothing reaches anybody."""

    state = Choice(MailState)
    waiting = fields.Integer()
    bounced = fields.Integer(metadata={"description": "members whom mail does not reach: `GET /v1/clinic/bounces`"})
    last_sent_at = Instant(allow_none=True, metadata={"description": "of the last 30 days"})


class JobHealthOut(Out):
    """Background work of the clinic's; when something has been due for minutes, no worker runs."""

    oldest_due_seconds = fields.Integer(allow_none=True, metadata=DUE)
    dead_letters = fields.Integer(metadata={"description": "whoever runs the server lists them by `flask jobs dead`"})


class HealthOut(Out):
    pushes = fields.Nested(PushHealthOut)
    web_pushes = fields.Nested(PushHealthOut)
    results = fields.List(
        fields.Nested(ResultCountOut), metadata={"description": "what the pushes of the last 24 hours came to"}
    )
    mail = fields.Nested(MailHealthOut)
    jobs = fields.Nested(JobHealthOut)
