"""What happens to red flags that others may care about: whoever sends pushes and letters listens here too."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FlagRaised:
    """Somebody has to look at a patient at once; `held_by` is whose turn it is, None when the care team has nobody."""

    clinic_id: UUID
    patient_id: UUID
    flag_id: UUID
    held_by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagCauseAdded:
    """An open flag has one reason more; whose turn it is stays the same."""

    clinic_id: UUID
    patient_id: UUID
    flag_id: UUID
    held_by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagPassedOn:
    """Nobody acknowledged a flag in time: it is another's turn. `held_by` None: the clinic's leaders are told."""

    clinic_id: UUID
    patient_id: UUID
    flag_id: UUID
    held_by: UUID | None
    round: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagAcknowledged:
    """A person has seen a flag and takes care of it."""

    clinic_id: UUID
    patient_id: UUID
    flag_id: UUID
    acknowledged_by: UUID
    at: datetime
