"""When a heavier or lighter dose may be suggested: after so many days done well enough and with little enough pain.

A progression is a rule that is written down beforehand. Whether it is met, and what comes of it, is decided elsewhere:
it is suggested to a practitioner and never applied by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hep_api.dosing.dose import Dose
from hep_api.dosing.rules import BrokenRule, refuse_outside

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Progression:
    """`completion_at_least` is a share 0..1 of what was due; `pain_under` a rating 1..10, None when it has no say."""

    after_days: int
    completion_at_least: float
    next_dose: Dose
    pain_under: int | None = None

    def __post_init__(self) -> None:
        refuse_outside("after_days", self.after_days, 1, MOST_DAYS)
        refuse_outside("pain_under", self.pain_under, 1, 10)
        if not 0 <= self.completion_at_least <= 1:
            raise BrokenRule("completion_at_least", "range", "Must be a number from 0 to 1.")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "next_dose": Dose.from_json(data["next_dose"])})

    def to_json(self) -> dict[str, Any]:
        return {
            "after_days": self.after_days,
            "completion_at_least": self.completion_at_least,
            "pain_under": self.pain_under,
            "next_dose": self.next_dose.to_json(),
        }
