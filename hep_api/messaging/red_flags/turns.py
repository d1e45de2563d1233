"""Whose turn it is to look at a red flag, and how long: pure rules, without a clock and without opening hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

# Nobody is called upon more often than this once a flag has been open for so long.
SLOWER = (
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=1), timedelta(hours=1)),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is in which round; `member_id` None: the leaders' of the clinic."""

    member_id: UUID | None
    round: int


def first_turn(line: Sequence[UUID]) -> Turn:
    """Return whose turn it is when a flag is raised: the first in line, the leaders' when there is nobody."""
    return Turn(line[0] if line else None, 1)


def next_turn(line: Sequence[UUID], present: Turn, tried: Collection[UUID | None]) -> Turn:
    """Return whose turn comes next: of those in line now the first who has not had one in this round; after the last of
    them the leaders'; then it begins anew, with another round.
    """
    if present.member_id is None:
        return Turn(line[0] if line else None, present.round + 1)
    waiting = [each for each in line if each not in tried]
    return Turn(waiting[0] if waiting else None, present.round)


def pause_before_next(minutes: int, open_for: timedelta) -> timedelta:
    """Return how long a turn lasts: the clinic's minutes; at least an hour once the flag has been open for a day, and a
    day once it has been for a week.
    """
    least = next((pause for age, pause in SLOWER if open_for >= age), timedelta(0))
    return max(timedelta(minutes=minutes), least)


def in_line(care_team: Sequence[UUID], assigned_to: UUID | None) -> list[UUID]:
    """Return the order of turns: whom the conversation is assigned to, if of the care team, then the others."""
    return sorted(care_team, key=lambda member_id: member_id != assigned_to)
