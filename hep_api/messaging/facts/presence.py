"""What somebody does with a conversation while it lasts; nobody keeps it."""

from dataclasses import dataclass
from uuid import UUID

from hep_api.messaging.presence import ShownPresence


@dataclass(frozen=True, slots=True)
class PresenceReported:
    """Somebody is here, is typing, or has gone. `rooms` are where it is told to those who take part; `sign_in_id` is
    the device on which they are.
    """

    presence: ShownPresence
    sign_in_id: UUID
    rooms: tuple[str, ...]
