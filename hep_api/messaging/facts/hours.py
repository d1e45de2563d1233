"""What happens to opening hours."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OpeningHoursChanged:
    """The clinic, or one of its locations, is open at other times from now on."""

    clinic_id: UUID
