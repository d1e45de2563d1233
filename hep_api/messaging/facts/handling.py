"""What staff do about conversations that others may care about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hep_api.messaging.models.conversations import ConversationKind
from hep_api.messaging.models.handling import HandlingChange


@dataclass(frozen=True, slots=True)
class ConversationHandled:
    """A conversation was assigned, closed, reopened, ended or resumed; `changed_by` None: by the product itself.

    `waited_since`, `waited_seq`: the patient's first unanswered message before; to close it is to say that it needs no
    answer, and in what has ended nobody waits.
    """

    clinic_id: UUID
    patient_id: UUID
    conversation_id: UUID
    conversation_kind: ConversationKind
    change: HandlingChange
    changed_by: UUID | None
    assigned_to: UUID | None
    waited_since: datetime | None
    waited_seq: int | None
