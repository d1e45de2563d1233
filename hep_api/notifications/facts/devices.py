"""What happens to devices that others may care about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeviceZoneReported:
    """A device of a member's is in another zone than it was, or is new and has said where it is."""

    clinic_id: UUID
    member_id: UUID
    zone: str


@dataclass(frozen=True, slots=True)
class DeviceEnded:
    """Nothing is pushed to a device any more; where the member's others are may count from now on."""

    clinic_id: UUID
    member_id: UUID
    device_id: UUID
