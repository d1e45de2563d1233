"""On which dates a plan, a revision, an end or a pause may take effect.

All dates are the patient's. What lies before the patient's today changes figures that people may have seen: it needs a
reason. Decides the dates only; who may, and what is written, is left to the actions.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from hep_api.foundation.errors import Problem, conflict, invalid_field

ONE_DAY = timedelta(days=1)
# Every date is recounted day by day, so a mistyped year must not cost a century of counting.
FARTHEST = timedelta(days=3 * 366)

Span = tuple[date, date | None]


class NearDay(StrEnum):
    """A day as people say it; which date that is, the patient's clock decides."""

    TODAY = "today"
    TOMORROW = "tomorrow"


def date_meant(said: date | NearDay, today: date) -> date:
    """Return the date that is meant by a date or a word."""
    if isinstance(said, NearDay):
        return today if said is NearDay.TODAY else today + ONE_DAY
    return said


def refuse_ended(ends_on: date | None, today: date) -> None:
    """Refuse any change to a plan whose end has come."""
    if ends_on is not None and ends_on <= today:
        raise conflict("plan_id", "ended", f"The plan ended on {ends_on}; start another one.")


def refuse_unexplained(day: date, today: date, reason: str | None) -> None:
    """Refuse a change from yesterday or earlier that gives no reason."""
    if day < today and not reason:
        raise invalid_field("/reason", "back_dated", f"A change from before today ({today}) needs a reason.")


def first_day_of_plan(starts_on: date, today: date, reason: str | None) -> date:
    _refuse_far("/starts_on", starts_on, today)
    refuse_unexplained(starts_on, today, reason)
    return starts_on


def first_day_of_revision(
    wanted: date | NearDay | None, today: date, starts_on: date, ends_on: date | None, reason: str | None
) -> date:
    """Return the date from which a revision governs: as wanted, else the next local day, in the plan in any case."""
    day = max(today + ONE_DAY, starts_on) if wanted is None else date_meant(wanted, today)
    _refuse_far("/effective_on", day, today, starts_on)
    if day < starts_on:
        raise invalid_field("/effective_on", "before_start", f"Must not be before the plan's start, {starts_on}.")
    if ends_on is not None and day >= ends_on:
        raise invalid_field("/effective_on", "after_end", f"Must be before the plan's end, {ends_on}.")
    refuse_unexplained(day, today, reason)
    return day


def day_of_phase(field: str, day: date, today: date, starts_on: date, ends_on: date | None) -> date:
    """Return the date from which a later phase governs; it follows from the first day, which was judged before."""
    _refuse_far(field, day, today, starts_on)
    if ends_on is not None and day >= ends_on:
        raise invalid_field(field, "after_end", f"This phase would begin on {day}; the plan ends on {ends_on}.")
    return day


def end_of_plan(wanted: date | None, today: date, starts_on: date, reason: str | None) -> date:
    """Return the first date on which nothing is expected any more; a plan that never began ends as it starts."""
    day = max(today, starts_on) if wanted is None else wanted
    _refuse_far("/ends_on", day, today, starts_on)
    if day < starts_on:
        raise invalid_field("/ends_on", "before_start", f"Must not be before the plan's start, {starts_on}.")
    refuse_unexplained(day, today, reason)
    return day


def span_of_pause(span: Span, today: date, plan: Span, others: Iterable[Span]) -> Span:
    """Return the pause `[from, to)`; refuse one that is empty, outside the plan, or over another pause."""
    from_on, to_on = span
    _refuse_far("/from", from_on, today, plan[0])
    if to_on is not None:
        _refuse_far("/to", to_on, today, plan[0])
        if to_on <= from_on:
            raise invalid_field("/to", "order", "Must be after from; the pause does not include it.")
    if from_on < plan[0]:
        raise invalid_field("/from", "before_start", f"Must not be before the plan's start, {plan[0]}.")
    if plan[1] is not None and from_on >= plan[1]:
        raise invalid_field("/from", "after_end", f"Must be before the plan's end, {plan[1]}.")
    for other in others:
        if _overlap(span, other):
            raise _overlaps(span, other)
    return span


def _overlap(one: Span, other: Span) -> bool:
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def _overlaps(span: Span, other: Span) -> Problem:
    field = "/from" if other[0] <= span[0] else "/to"
    until = "on" if other[1] is None else f"to {other[1]}"
    return invalid_field(field, "overlap", f"Overlaps the pause from {other[0]} {until}.")


def _refuse_far(field: str, day: date, *from_days: date) -> None:
    """Refuse a date that is farther than three years from today and from the plan's start."""
    if all(abs(day - near) > FARTHEST for near in from_days):
        raise invalid_field(field, "range", "Must lie within three years of today.")
