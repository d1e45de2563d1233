"""What happens to content that was sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContentOpened:
    """Somebody opened what a message carries, for the first time."""

    clinic_id: UUID
    patient_id: UUID
    conversation_id: UUID
    seq: int
    member_id: UUID
    opened_at: datetime
