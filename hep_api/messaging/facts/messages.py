"""What happens in conversations that others may care about. `rooms` are where it is told to those who take part."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hep_api.accounts.viewer import Role
from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.shown import ShownMessage


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A new message was written; a repeated sending is none. Without a `sender_role` the clinic's system said it.

    `waited_since`, `waited_seq`: the patient's first unanswered message as it stood before this one; None for none.
    `was_closed`: the conversation was; a message of either side, or a card, has opened it.
    `clinic_version`: by which whoever keeps a clinic's settings for a while sees that they have changed.
    """

    clinic_id: UUID
    patient_id: UUID
    message: ShownMessage
    rooms: tuple[str, ...]
    conversation_kind: ConversationKind
    sender_role: Role | None
    waited_since: datetime | None
    waited_seq: int | None
    was_closed: bool
    clinic_version: int


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message says something else than before; an edit that was sent again is none."""

    clinic_id: UUID
    patient_id: UUID
    message: ShownMessage
    rooms: tuple[str, ...]
    conversation_kind: ConversationKind
    sender_role: Role
    clinic_version: int


@dataclass(frozen=True, slots=True)
class MessageWithdrawn:
    """A message was taken back by whoever sent it; `message` shows nothing of it any more."""

    clinic_id: UUID
    patient_id: UUID
    message: ShownMessage
    rooms: tuple[str, ...]
    conversation_kind: ConversationKind
    sender_role: Role


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """Something that hangs on a message has changed, and not its words: a reaction, an attachment."""

    clinic_id: UUID
    patient_id: UUID
    message: ShownMessage
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """Staff began a conversation among themselves about a patient."""

    clinic_id: UUID
    patient_id: UUID
    conversation_id: UUID
    kind: ConversationKind


@dataclass(frozen=True, slots=True)
class ReceiptChanged:
    """A participant got or read further than before."""

    clinic_id: UUID
    conversation_id: UUID
    member_id: UUID
    delivered_seq: int
    read_seq: int
    rooms: tuple[str, ...]
