"""JSON shapes of messaging, in and out; the same over HTTP and over the socket."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.accounts.viewer import Role
from hep_api.foundation.web.fields import Choice, Id, Text, Whole, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.models import AboutKind, ConversationKind

LONGEST_MESSAGE = 4000
HIGHEST_SEQ = 2**31 - 1


def _seq(words: str, **options: Any) -> Whole:
    return Whole(least=0, most=HIGHEST_SEQ, metadata={"description": words}, **options)


def _seq_in_query(words: str) -> WholeInQuery:
    return WholeInQuery(least=0, most=HIGHEST_SEQ, load_default=None, metadata={"description": words})


class AboutIn(In):
    kind = Choice(AboutKind, required=True)
    id = Id(required=True)


class MessageIn(In):
    client_id = Id(
        required=True,
        metadata={"description": "made by the phone, once for each message: sending again never makes a second one"},
    )
    body = Text(most=LONGEST_MESSAGE, lines=True, required=True)
    about = fields.Nested(AboutIn, load_default=None, allow_none=True)


class MessageToIn(MessageIn):
    """A message sent over the socket, where no address names its conversation."""

    conversation_id = Id(required=True)


class AboutOut(Out):
    kind = Choice(AboutKind)
    id = fields.UUID()


class MessageOut(Out):
    conversation_id = fields.UUID()
    seq = fields.Integer(metadata={"description": "1, 2, 3, ... in each conversation, without gaps; the order for all"})
    client_id = fields.UUID(metadata={"description": "the sender's own id of the message"})
    sender_id = fields.UUID(metadata={"description": "member id; `people` of the conversation has the name"})
    body = fields.String()
    about = fields.Nested(AboutOut, allow_none=True)
    sent_at = fields.DateTime()


class HistoryQuery(In):
    after = _seq_in_query("messages above this number, oldest first: what a phone missed")
    before = _seq_in_query("messages below this number, the newest of them: scrolling back")
    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)

    @validates_schema
    def _one_direction(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("after") is not None and data.get("before") is not None:
            raise ValidationError({"before": [Broken("one_of", "Say after or before, not both.")]})


class CatchUpIn(In):
    conversation_id = Id(required=True)
    after = _seq("the highest number that the phone has without a gap below it; 0 for none", required=True)
    limit = Whole(least=1, most=MOST, load_default=MOST)


class HistoryOut(Out):
    """Messages in the order of `seq`."""

    conversation_id = fields.UUID()
    items = fields.List(fields.Nested(MessageOut))
    last_seq = fields.Integer(metadata={"description": "number of the conversation's last message, 0 without any"})
    has_more = fields.Boolean(metadata={"description": "whether there are more in the direction that was asked for"})


class ReceiptIn(In):
    """What is lower than before changes nothing; what is higher than the last message means the last message."""

    delivered_seq = _seq("highest number that is on the phone", load_default=0)
    read_seq = _seq("highest number that was shown to the person", load_default=0)


class ReceiptToIn(ReceiptIn):
    """A receipt reported over the socket, where no address names its conversation."""

    conversation_id = Id(required=True)


class ReceiptOut(Out):
    conversation_id = fields.UUID()
    member_id = fields.UUID()
    delivered_seq = fields.Integer()
    read_seq = fields.Integer()


class ConversationOut(Out):
    id = fields.UUID()
    kind = Choice(ConversationKind)
    patient_id = fields.UUID()
    patient_name = fields.String()
    last_seq = fields.Integer(metadata={"description": "number of the last message, 0 without any"})
    last_message = fields.Nested(MessageOut, allow_none=True)
    unread_count = fields.Integer(metadata={"description": "messages of others above your read_seq"})
    delivered_seq = fields.Integer(metadata={"description": "your own receipt"})
    read_seq = fields.Integer(metadata={"description": "your own receipt"})
    created_at = fields.DateTime()


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
