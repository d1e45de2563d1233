"""What is handed over for telling: who is to hear of what. How, and whether at all, is theirs to wish."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hep_api.notifications.kinds import NoticeKind

# After so long something is not worth showing any more: a phone that was off for a week does not ring for all of it.
LIVES = {
    NoticeKind.MESSAGE: timedelta(days=3),
    NoticeKind.PLAN_PUBLISHED: timedelta(days=3),
    NoticeKind.PLAN_CHANGED: timedelta(days=3),
    NoticeKind.REMINDER: timedelta(hours=2),
    NoticeKind.SECOND_NUDGE: timedelta(hours=3),
    NoticeKind.CHECK_IN: timedelta(days=1),
    NoticeKind.ANSWER_WAITING: timedelta(hours=12),
    NoticeKind.RED_FLAG: timedelta(hours=12),
    NoticeKind.TEST: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one member is to be told of. It holds ids only.

    `number`: how far it goes, such as the number of the newest message. `but_not_on`: the sign-ins whose devices are
    left out, because the person reads it there already. `lives`: None is what is usual for its kind. `through_quiet`:
    it is for this very moment that the person has asked, so it does not wait for the end of their quiet hours.
    """

    member_id: UUID
    kind: NoticeKind
    subject_id: UUID
    number: int | None = None
    but_not_on: Set[UUID] = frozenset()
    lives: timedelta | None = None
    through_quiet: bool = False
