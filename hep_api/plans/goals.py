"""What makes sense of a goal: its measure, its target, its dates, and how far a value is on the way.

Pure: what is recorded, and who may, is left to the actions.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, Literal

from hep_api.foundation.errors import FieldError, invalid, invalid_field

Direction = Literal["up", "down"]
OF_A_MEASURE = ("unit", "start_value", "target_value")


def refuse_contradictions(goal: Mapping[str, Any], starts_on: date) -> None:
    """Refuse a goal that cannot be measured as it says, naming each field and rule."""
    broken = []
    if goal["measure"] is None:
        words = "Say in `measure` what is measured."
        broken += [FieldError(f"/{name}", "without_measure", words) for name in OF_A_MEASURE if goal[name] is not None]
    elif goal["target_value"] is None:
        broken.append(FieldError("/target_value", "required", "A goal that is measured needs a target."))
    elif goal["target_value"] == goal["start_value"]:
        broken.append(FieldError("/target_value", "same_as_start", "The target must differ from the start."))
    if goal["target_on"] is not None and goal["target_on"] < starts_on:
        words = f"Must not be before the plan's start, {starts_on}."
        broken.append(FieldError("/target_on", "before_start", words))
    if broken:
        raise invalid(*broken)


def day_in_plan(field: str, wanted: date | None, today: date, starts_on: date) -> date:
    """Return the day on which something was seen: today when left out, never ahead, never before the plan."""
    day = today if wanted is None else wanted
    if day > today:
        raise invalid_field(field, "in_future", f"Must not be after today, {today}.")
    if day < starts_on:
        raise invalid_field(field, "before_start", f"Must not be before the plan's start, {starts_on}.")
    return day


def direction_of(start: float | None, target: float | None) -> Direction | None:
    """Return whether the value has to rise or to fall; None where nobody said from where."""
    if start is None or target is None:
        return None
    return "up" if target > start else "down"


def is_met(value: float | None, start: float | None, target: float | None) -> bool | None:
    """Say whether the value is at the target or beyond; None where that cannot be told."""
    direction = direction_of(start, target)
    if value is None or direction is None or target is None:
        return None
    return value >= target if direction == "up" else value <= target


def progress_of(value: float | None, start: float | None, target: float | None) -> float | None:
    """Return how much of the way is done, 0..1 with 4 decimals; None where that cannot be told."""
    if value is None or start is None or target is None:
        return None
    way = Fraction(value) - Fraction(start)
    done = min(max(way / (Fraction(target) - Fraction(start)), Fraction(0)), Fraction(1))
    return floor(done * 10_000 + Fraction(1, 2)) / 10_000
