"""JSON shapes of saved replies."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Id, Instant, Text
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.messaging.placeholders import Placeholder
from hep_api.messaging.queries.saved_replies import Scope
from hep_api.messaging.schemas.messages import LONGEST_MESSAGE

LONGEST_TITLE = 120
BODY = {"description": "may leave open: " + ", ".join(f"{{{each.value}}}" for each in Placeholder)}


class SavedReplyIn(In):
    scope = Choice(Scope, required=True, metadata={"description": "leaders: clinic; practitioners: own"})
    title = Text(most=LONGEST_TITLE, required=True)
    body = Text(most=LONGEST_MESSAGE, lines=True, required=True, metadata=BODY)


class SavedReplyChangesIn(In):
    title = Text(most=LONGEST_TITLE)
    body = Text(most=LONGEST_MESSAGE, lines=True, metadata=BODY)


class SavedReplyQuery(PageQuery):
    scope = Choice(Scope, load_default=None)


class SavedReplyOut(Out):
    id = Id()
    scope = fields.Function(
        lambda reply: (Scope.CLINIC if reply.owner_id is None else Scope.OWN).value,
        metadata={"type": "string", "enum": [scope.value for scope in Scope]},
    )
    title = fields.String()
    body = fields.String()
    version = fields.Integer()
    created_at = Instant()


class FilledInOut(Out):
    """What to send, after a look at it."""

    body = fields.String()
