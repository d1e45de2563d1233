"""What happens to reminders that others may care about."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class IgnoredReminders:
    """Reminders reached a patient on `days` days, the first and the last of them, and nothing was recorded since."""

    patient_id: UUID
    days: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class RemindersIgnored:
    """Patients are reminded less often than they wished, as they do not heed it; told again at each look."""

    clinic_id: UUID
    ignored: tuple[IgnoredReminders, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RemindersSettled:
    """A patient has settled anew when to be reminded, or that they are not."""

    clinic_id: UUID
    patient_id: UUID
