"""What happens in adherence that others may care about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventsRecorded:
    """Events of a patient were taken in; repeats and refusals are not among them."""

    clinic_id: UUID
    patient_id: UUID
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ReportsSettled:
    """What a phone sent in parts has come, as far as anybody can tell: it is time to judge what it means."""

    clinic_id: UUID
    patient_id: UUID
