"""What happens in conversations that others may care about. `rooms` are where it is told to those who take part."""

from dataclasses import dataclass
from uuid import UUID

from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.shown import ShownMessage


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A new message was written; a repeated sending is none."""

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
