"""JSON shapes of presence."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, Flag, Id
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.presence import State


class PresenceToIn(In):
    """What the person does with a conversation, reported by an app that shows it."""

    conversation_id = Id(required=True)
    state = Choice(
        State,
        required=True,
        metadata={
            "description": "`here`: it is on the screen (say so again every 30 seconds); `typing` (again every 5); "
            "`away`: it is not on the screen any more"
        },
    )
    asks = Flag(load_default=False, metadata={"description": "true when it was just opened: others report theirs"})


class PresenceOut(Out):
    conversation_id = fields.UUID()
    member_id = fields.UUID()
    state = Choice(State)
    seconds = fields.Integer(metadata={"description": "for so long it holds, unless it is said again"})
    asks = fields.Boolean()
