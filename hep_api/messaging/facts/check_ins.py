"""What happens to check-ins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CheckInAnswered:
    """A patient answered a check-in, or corrected an answer; `seq` is the message that asked."""

    clinic_id: UUID
    patient_id: UUID
    conversation_id: UUID
    check_in_id: UUID
    seq: int
    revision: int
    answered_at: datetime
