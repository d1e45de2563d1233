"""JSON shapes of messages, and of asking for them."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from hep_api.foundation.web.fields import Choice, Id, Several, Text, Whole, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out
from hep_api.messaging.attachments.binding import MOST_OF_A_MESSAGE
from hep_api.messaging.models.messages import AboutKind, MessageKind, Sign
from hep_api.messaging.schemas.attachments import AttachmentOut
from hep_api.messaging.shown import ShownMessage

LONGEST_MESSAGE = 4000
LONGEST_QUERY = 200
HIGHEST_SEQ = 2**31 - 1


def seq_field(words: str, **options: Any) -> Whole:
    return Whole(least=0, most=HIGHEST_SEQ, metadata={"description": words}, **options)


def _seq_in_query(words: str) -> WholeInQuery:
    return WholeInQuery(least=0, most=HIGHEST_SEQ, load_default=None, metadata={"description": words})


class AboutIn(In):
    kind = Choice(
        AboutKind,
        required=True,
        metadata={"description": "a `flag` is spoken about among staff only, not in the conversation with the patient"},
    )
    id = Id(required=True, metadata={"description": "of something of this patient's"})


class MessageIn(In):
    """A message has words, or files, or both."""

    client_id = Id(
        required=True,
        metadata={"description": "made by the phone, once for each message: sending again never makes a second one"},
    )
    body = Text(
        least=0,
        most=LONGEST_MESSAGE,
        lines=True,
        required=True,
        metadata={"description": "may be empty when there are `attachment_ids`"},
    )
    about = fields.Nested(AboutIn, load_default=None, allow_none=True)
    reply_to_seq = Whole(
        least=1,
        most=HIGHEST_SEQ,
        load_default=None,
        allow_none=True,
        metadata={"description": "number of the message of this conversation that it answers"},
    )
    attachment_ids = Several(
        Id(),
        most=MOST_OF_A_MESSAGE,
        load_default=list,
        metadata={"description": "files that the sender has added to this conversation, in their order"},
    )

    @validates_schema
    def says_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data["body"].strip() and not data["attachment_ids"]:
            raise ValidationError(Broken("length", "Must not be blank, unless there are attachments."), "body")


class MessageToIn(MessageIn):
    """A message sent over the socket, where no address names its conversation."""

    conversation_id = Id(required=True)


class EditIn(In):
    """Other words for a message; everything else of it stays."""

    client_id = Id(
        required=True,
        metadata={"description": "made by the phone, once for each edit: sending again never makes a second one"},
    )
    body = Text(most=LONGEST_MESSAGE, lines=True, required=True)


class OneMessageIn(In):
    """A message named over the socket, where no address does."""

    conversation_id = Id(required=True)
    seq = Whole(least=1, most=HIGHEST_SEQ, required=True)


class EditOfOneIn(EditIn, OneMessageIn):
    """An edit over the socket."""


class ReactionToOneIn(OneMessageIn):
    """A reaction put on a message or taken back over the socket."""

    sign = Choice(Sign, required=True)


class ReactionOut(Out):
    sign = Choice(Sign)
    member_ids = fields.List(fields.UUID(), metadata={"description": "who reacted so, the first of them first"})


class VersionOut(Out):
    version = fields.Integer(metadata={"description": "1 is what was sent; the highest one is what it says now"})
    body = fields.String()
    written_at = fields.DateTime()


class VersionsOut(Out):
    """What a message has said, the first version first; nothing once it is withdrawn."""

    items = fields.List(fields.Nested(VersionOut))


class AboutOut(Out):
    kind = Choice(AboutKind)
    id = fields.UUID()


class MessageOut(Out):
    conversation_id = fields.UUID()
    seq = fields.Integer(metadata={"description": "1, 2, 3, ... in each conversation, without gaps; the order for all"})
    kind = Choice(
        MessageKind,
        metadata={
            "description": "`text` is somebody's words; the others come from the product: show `body`, or your own "
            "words by `card`; take one that you do not know as `text`"
        },
    )
    client_id = fields.UUID(metadata={"description": "the sender's own id of the message"})
    sender_id = fields.UUID(
        allow_none=True,
        metadata={"description": "member id; `people` of the conversation has the name; null: the clinic's system"},
    )
    body = fields.String(metadata={"description": "empty once it is withdrawn"})
    card = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "what an app may show in its own words: a `type`, ids, numbers; null for mere text"},
    )
    about = fields.Nested(AboutOut, allow_none=True)
    reply_to_seq = fields.Integer(allow_none=True, metadata={"description": "number of the message it answers"})
    sent_at = fields.DateTime()
    edited_at = fields.DateTime(allow_none=True, metadata={"description": "of the last edit; null for none"})
    withdrawn_at = fields.DateTime(allow_none=True, metadata={"description": "then nothing is left to show of it"})
    change = fields.Integer(
        metadata={"description": "number of its last change among all changes in the conversation; grows with each"}
    )
    reactions = fields.List(fields.Nested(ReactionOut))
    attachments = fields.List(fields.Nested(AttachmentOut))


def written(message: ShownMessage) -> dict[str, Any]:
    """Return what `MessageOut` makes of a new message without files, for the door that everybody uses most: a tenth of
    the schema's work.
    """
    about = message.about
    return {
        "conversation_id": str(message.conversation_id),
        "seq": message.seq,
        "kind": message.kind.value,
        "client_id": str(message.client_id),
        "sender_id": message.sender_id and str(message.sender_id),
        "body": message.body,
        "card": message.card,
        "about": about and {"kind": about.kind.value, "id": str(about.id)},
        "reply_to_seq": message.reply_to_seq,
        "sent_at": message.sent_at.isoformat(),
        "edited_at": None,
        "withdrawn_at": None,
        "change": message.change,
        "reactions": [],
        "attachments": [],
    }


class HistoryQuery(In):
    after = _seq_in_query("messages above this number, oldest first: what a phone missed")
    before = _seq_in_query("messages below this number, the newest of them: scrolling back")
    changed_after = _seq_in_query("messages whose `change` is above this number, in its order: new, edited, withdrawn")
    q = Text(
        most=LONGEST_QUERY,
        load_default=None,
        metadata={"description": "messages that hold all these words, newest first, whatever case and accents"},
    )
    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)

    @validates_schema
    def _one_direction(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("q") is not None and (data.get("after") is not None or data.get("changed_after") is not None):
            raise ValidationError({"q": [Broken("one_of", "A search goes back: say before, or nothing.")]})
        said = [name for name in ("after", "before", "changed_after") if data.get(name) is not None]
        if len(said) > 1:
            raise ValidationError({said[-1]: [Broken("one_of", "Say after, before or changed_after, only one.")]})


class CatchUpIn(In):
    """Either of both numbers; one that catches up by `changed_after` sees edits too, and never needs `after`."""

    conversation_id = Id(required=True)
    after = seq_field(
        "the highest number that the phone has without a gap below it; 0 for none", load_default=None, allow_none=True
    )
    changed_after = seq_field(
        "the highest `change` that the phone has without a gap below it; 0 for none", load_default=None, allow_none=True
    )
    limit = Whole(least=1, most=MOST, load_default=MOST)

    @validates_schema
    def _one_number(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("after") is None) == (data.get("changed_after") is None):
            raise ValidationError({"changed_after": [Broken("one_of", "Say after or changed_after, one of them.")]})


class HistoryOut(Out):
    """Messages in the order of `seq`; those that changed after a number in that of `change`, found ones backwards."""

    conversation_id = fields.UUID()
    items = fields.List(fields.Nested(MessageOut))
    last_seq = fields.Integer(metadata={"description": "number of the conversation's last message, 0 without any"})
    changes = fields.Integer(
        metadata={
            "description": "number of a change: all up to it were seen for this answer; catch up from it later on"
        }
    )
    has_more = fields.Boolean(metadata={"description": "whether there are more in the direction that was asked for"})
