"""What happens to devices that others may care about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeviceZoneReported:
    """A device of a member's was heard of that says where it is, or says so no more (None)."""

    clinic_id: UUID
    member_id: UUID
    zone: str | None


@dataclass(frozen=True, slots=True)
class DeviceEnded:
    """Nothing is pushed to a device any more; where the member's others are may count from now on."""

    clinic_id: UUID
    member_id: UUID
    device_id: UUID
