"""What happens in adherence that others may care about."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventsRecorded:
    """Events of a patient were taken in; repeats and refusals are not among them."""

    clinic_id: UUID
    patient_id: UUID
    event_ids: tuple[UUID, ...]


class EntryReported(NamedTuple):
    """What an entry says by the event of it that is in force; one that is void tells of no pain and of no reason."""

    entry_id: UUID
    event_id: UUID
    prescription_id: UUID
    performed_on: date
    performed_at: datetime
    pain: int | None
    skip_reason: str | None


@dataclass(frozen=True, slots=True)
class EntriesReported:
    """Reports came in of entries that tell of pain or of a reason to skip, or told of it until now; in their order.

    `clinic_version` is that of the clinic's settings, as they were read under the patient's lock.
    """

    clinic_id: UUID
    patient_id: UUID
    clinic_version: int
    received_at: datetime
    entries: tuple[EntryReported, ...]


@dataclass(frozen=True, slots=True)
class ReportsSettled:
    """What a phone sent in parts has come, as far as anybody can tell: it is time to judge what it means."""

    clinic_id: UUID
    patient_id: UUID
