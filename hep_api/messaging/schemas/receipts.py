"""JSON shapes of receipts."""

from marshmallow import fields

from hep_api.foundation.web.fields import Id
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.schemas.messages import seq_field


class ReceiptIn(In):
    """What is lower than before changes nothing; what is higher than the last message means the last message."""

    delivered_seq = seq_field("highest number that is on the phone", load_default=0)
    read_seq = seq_field("highest number that was shown to the person", load_default=0)


class ReceiptToIn(ReceiptIn):
    """A receipt reported over the socket, where no address names its conversation."""

    conversation_id = Id(required=True)


class ReceiptOut(Out):
    conversation_id = fields.UUID()
    member_id = fields.UUID()
    delivered_seq = fields.Integer()
    read_seq = fields.Integer()
