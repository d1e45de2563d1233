"""Pushes in JSON: ids, fixed words and times. Whom one was for is not said, nor where it went."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Id, Instant
from hep_api.foundation.web.schemas import Out, PageQuery
from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.pushes import Provider, PushResult, PushState


class PushQuery(PageQuery):
    """Without a state, the dead letters. What waits is counted by `GET /v1/clinic/health`."""

    state = Choice(PushState, load_default=PushState.DEAD)


class PushOut(Out):
    """One push to one device. `dead` is given up until somebody has it tried again; `dropped` has nobody to reach."""

    id = Id()
    kind = Choice(NoticeKind)
    provider = Choice(Provider)
    state = Choice(PushState)
    result = Choice(PushResult, allow_none=True, metadata={"description": "what the last try came to"})
    attempts = fields.Integer(metadata={"description": "tries that the provider answered"})
    created_at = Instant()
    expires_at = Instant(metadata={"description": "after this it is not sent any more"})
    finished_at = Instant(allow_none=True)
    retried_at = Instant(allow_none=True, metadata={"description": "when an owner last had it tried again"})
