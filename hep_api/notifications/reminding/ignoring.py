"""Fewer reminders for whoever does not heed them: each step is a rule of days, and the next event takes all back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Step(StrEnum):
    """How often somebody is reminded at most."""

    NORMAL = "normal"
    EVERY_SECOND_DAY = "every_second_day"
    WEEKLY = "weekly"


DAYS_A_STEP = 3
# Days from one that was reminded to the next; within a normal day all times count.
GAPS = {Step.NORMAL: 0, Step.EVERY_SECOND_DAY: 2, Step.WEEKLY: 7}


@dataclass(frozen=True, slots=True)
class Ignoring:
    """The days on which reminders reached somebody who recorded nothing since, before `today`, by date."""

    on: tuple[date, ...]

    @property
    def step(self) -> Step:
        steps = tuple(Step)
        return steps[min(len(self.on) // DAYS_A_STEP, len(steps) - 1)]


def ignoring(sent_on: Collection[date], heeded_on: date | None, today: date) -> Ignoring:
    """Return what was ignored: days of reminders after the last sign of life, that of today still may be heeded."""
    return Ignoring(tuple(sorted(day for day in set(sent_on) if day < today and (not heeded_on or day > heeded_on))))


def may_remind(ignored: Ignoring, sent_on: Collection[date], today: date) -> bool:
    """Say whether the step lets somebody be reminded today."""
    last = max((day for day in sent_on if day <= today), default=None)
    return ignored.step is Step.NORMAL or last is None or (today - last).days >= GAPS[ignored.step]
