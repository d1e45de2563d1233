"""A push on its way: what leaves the house for one device, and what its receiver answers.

The whole of what leaves is here: a fixed title and body, the kind, an opaque id. There is no place for anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hep_api.notifications.kinds import NoticeKind
from hep_api.notifications.models.pushes import PushResult
from hep_api.notifications.queries.devices import DeviceAddress

# What is as good an hour later. All others are shown at once, also by a phone that saves its battery.
UNHURRIED = frozenset({NoticeKind.PLAN_PUBLISHED, NoticeKind.PLAN_CHANGED})


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent to one device. `collapse_key`: 32 characters of base64url, the same for all about one subject."""

    address: DeviceAddress
    kind: NoticeKind
    subject_id: UUID
    collapse_key: str
    urgent: bool
    expires_at: datetime
    title: str
    body: str

    @property
    def data(self) -> Mapping[str, str]:
        """Return what an app opens the right page by."""
        return {"type": self.kind.value, "id": str(self.subject_id)}

    @property
    def wakes(self) -> bool:
        """Tell whether a sleeping phone is woken for it."""
        return self.urgent or self.kind not in UNHURRIED


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try. `retry_after`: how long the receiver asks to be left alone about this device.

    `of_this_one`: a failure may be due to this device alone, so it counts as a try, and nobody else's pushes wait.
    """

    result: PushResult
    provider_id: str | None = None
    retry_after: timedelta | None = None
    of_this_one: bool = False


class Carrier(Protocol):
    """Whoever takes parcels to one provider; it sends once and never tries again by itself."""

    def send(self, parcel: Parcel, now: datetime) -> Answer:
        """Hand the parcel over and return what came of it, whatever that is; it raises for nothing foreseeable."""
