"""What is handed over for pushing: who is told what, for how long it is worth knowing, and where it is not shown."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hep_api.notifications.kinds import NoticeKind


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that one member is told of on all their devices. It holds ids only, as a push does.

    `lives`: after so long it is not worth showing any more. `but_not_on`: the sign-ins whose devices are left out, as
    the person reads it there already.
    """

    member_id: UUID
    kind: NoticeKind
    subject_id: UUID
    lives: timedelta
    urgent: bool = False
    but_not_on: Set[UUID] = frozenset()
