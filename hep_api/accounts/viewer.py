"""The viewer: the person whom a door works for, in one role in one clinic. Made by recognising a token, not by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hep_api.foundation.web.doors import current_viewer


class Role(StrEnum):
    """What a member is in a clinic: few and fixed."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    OWNER = "owner"


STAFF = (Role.PRACTITIONER, Role.MANAGER, Role.OWNER)
LEADERS = (Role.MANAGER, Role.OWNER)
EVERYONE = tuple(Role)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `member_id` of a patient is also the id of the patient's record.

    `second_factor_required` is the clinic's policy for its staff; `second_factor_at` is when this sign-in last showed
    one, None for never. `emergencies` are the patients whose records they may read by emergency access at this moment,
    each with the id of that access.
    """

    account_id: UUID
    sign_in_id: UUID
    clinic_id: UUID
    member_id: UUID
    role: Role
    managers_may_read_records: bool
    second_factor_required: bool = False
    second_factor_at: datetime | None = None
    emergencies: Mapping[UUID, UUID] = field(default_factory=dict)

    @property
    def leads(self) -> bool:
        return self.role in LEADERS

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def owes_second_factor(self) -> bool:
        """Whether the clinic requires a second factor that this sign-in has not shown."""
        return self.is_staff and self.second_factor_required and self.second_factor_at is None


def viewer() -> Viewer:
    """Return the viewer of the current request."""
    found: Viewer = current_viewer()
    return found
