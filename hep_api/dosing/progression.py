"""When another dose may be suggested, and another schedule with it: after so many days done well enough and with
little enough pain.

A progression is a rule that is written down beforehand. Whether it is met, and what comes of it, is decided elsewhere:
it is suggested to a practitioner and never applied by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hep_api.dosing.dose import Dose
from hep_api.dosing.rules import BrokenRule, refuse_outside
from hep_api.dosing.schedule import Schedule, ScheduleKind

# No clinical bound: it catches slips, and leaves room for what is kept up and looked at again once a year.
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Progression:
    """`completion_at_least` is a share 0..1 of what was due; `pain_under` a rating 1..10, None when it has no say.

    `next_schedule` None leaves the schedule as it is.
    """

    after_days: int
    completion_at_least: float
    next_dose: Dose
    pain_under: int | None = None
    next_schedule: Schedule | None = None

    def __post_init__(self) -> None:
        refuse_outside("after_days", self.after_days, 1, MOST_DAYS)
        refuse_outside("pain_under", self.pain_under, 1, 10)
        if not 0 <= self.completion_at_least <= 1:
            raise BrokenRule("completion_at_least", "range", "Must be a number from 0 to 1.")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        dose, schedule = data["next_dose"], data.get("next_schedule")
        made = {"next_dose": Dose.from_json(dose), "next_schedule": Schedule.from_json(schedule) if schedule else None}
        return cls(**{**data, **made})

    def to_json(self) -> dict[str, Any]:
        """Return what is stored; a rule that says nothing of the schedule has no `next_schedule`."""
        schedule = {} if self.next_schedule is None else {"next_schedule": self.next_schedule.to_json()}
        return {
            "after_days": self.after_days,
            "completion_at_least": self.completion_at_least,
            "pain_under": self.pain_under,
            "next_dose": self.next_dose.to_json(),
            **schedule,
        }

    def why_aimless(self, dose: Dose, schedule: Schedule) -> tuple[str, str, str] | None:
        """Return (field, rule, words) when the rule can lead nowhere from this dose and schedule, else None.

        Reps may follow seconds and the other way round; only the same again leads nowhere.
        """
        if self.next_dose == dose and self.next_schedule in (None, schedule):
            return "next_dose", "same_as_dose", "The next dose must differ from the present one, or the next schedule."
        if schedule.kind is ScheduleKind.AS_NEEDED:
            return "completion_at_least", "as_needed", "What is done as needed has no completion to judge by."
        return None
