"""JSON shapes of conversations: in a list, in full with their people, and by name alone."""

from marshmallow import fields

from hep_api.accounts.viewer import Role
from hep_api.foundation.web.fields import Choice, Instant
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.schemas.messages import MessageOut
from hep_api.messaging.schemas.receipts import ReceiptOut


class PromiseOut(Out):
    """Within how many hours, in which it is open, the clinic answers, and what follows from that now."""

    response_hours = fields.Integer()
    is_open = fields.Boolean()
    opens_at = fields.DateTime(allow_none=True, metadata={"description": "null while it is open"})
    closes_at = fields.DateTime(allow_none=True, metadata={"description": "null while it is closed"})
    answer_by = fields.DateTime(
        allow_none=True, metadata={"description": "for what the patient wrote and nobody has answered"}
    )
    emergency_line = fields.String(allow_none=True, metadata={"description": "whom to call in an emergency"})


class MuteIn(In):
    """Without `until` it is for good."""

    until = Instant(load_default=None, allow_none=True, metadata={"description": "null: for good; the past is refused"})


class MuteOut(Out):
    until = fields.DateTime(allow_none=True, metadata={"description": "null: for good"})


class ConversationOut(Out):
    id = fields.UUID()
    kind = Choice(ConversationKind)
    patient_id = fields.UUID()
    patient_name = fields.String()
    last_seq = fields.Integer(metadata={"description": "number of the last message, 0 without any"})
    changes = fields.Integer(metadata={"description": "number of the last change, of a new or an earlier message"})
    last_message = fields.Nested(MessageOut, allow_none=True)
    mute = fields.Nested(
        MuteOut,
        allow_none=True,
        metadata={
            "description": "your own wish to hear no sound of it, null for none and when it is over; "
            "a red flag is heard all the same"
        },
    )
    unread_count = fields.Integer(
        metadata={
            "description": "above your read_seq: what others have said, and of the system's what is meant for you"
        }
    )
    delivered_seq = fields.Integer(metadata={"description": "your own receipt"})
    read_seq = fields.Integer(metadata={"description": "your own receipt"})
    promise = fields.Nested(PromiseOut, allow_none=True, metadata={"description": "null among staff"})
    created_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True, metadata={"description": "not null: nobody writes in it any more"})


class PersonOut(Out):
    member_id = fields.UUID()
    name = fields.String()
    role = Choice(Role)
    takes_part = fields.Boolean(metadata={"description": "false: wrote here once and has left"})


class ConversationInFullOut(ConversationOut):
    """A conversation with everyone in it and how far each of them is."""

    people = fields.List(fields.Nested(PersonOut))
    receipts = fields.List(fields.Nested(ReceiptOut))


class ConversationNamedOut(Out):
    """Which conversation it is about."""

    conversation_id = fields.UUID()
