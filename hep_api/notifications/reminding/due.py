"""Whether there is anything to remind of: what a patient's day asks for, less what was recorded for it.

Recorded is what was done, done in part, or skipped: whoever says that they skip is not asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What a schedule asks for on the day: how many doings, and how many of them something was recorded for."""

    expected: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Quota:
    """A weekly quota whose days the patient chooses: how many days are missing, of how many that are left with today;
    `recorded`: something was for today.
    """

    missing: int
    days_left: int
    recorded: bool


@dataclass(frozen=True, slots=True)
class DayStanding:
    """A day of a patient's: rest days, pauses and days outside of the plan ask for nothing. `recorded`: anything was,
    of whatever exercise.
    """

    asked: Sequence[Asked] = ()
    quotas: Sequence[Quota] = ()
    recorded: bool = False


def is_worth_a_reminder(day: DayStanding, place: int, of: int) -> bool:
    """Say whether something is due and not recorded by the `place`th of the day's `of` reminders.

    What is due several times a day is spread over the reminders: of two doings one is due by the first of two.
    """
    by_now = any(each.recorded < -(-each.expected * place // of) for each in day.asked)
    return by_now or any(each.missing > 0 and not each.recorded for each in day.quotas)


def is_worth_a_nudge(day: DayStanding) -> bool:
    """Say whether nothing was recorded on a day that asked for something; a quota asks when no day is left to spare."""
    if day.recorded:
        return False
    return any(each.expected > 0 for each in day.asked) or any(each.missing >= each.days_left for each in day.quotas)
