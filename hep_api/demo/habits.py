"""How the ways of getting on turn into chances for one exercise on one day. No dates here: progress runs from 0 to 1.

Pure: the same patient, progress and draw give the same answer.
"""

import random
from dataclasses import dataclass

from hep_api.demo.cast import SORE, DemoPatient, Way

WEEKEND = 5

REASONS = {
    Way.OVER_DOING: ("pain", "unwell"),
    Way.DROPPED_OUT: ("pain", "unclear", "too_hard", "no_time"),
    Way.FADING: ("no_time", "forgot", "no_time", "too_hard", "travelling"),
}
USUAL_REASONS = ("no_time", "forgot", "unwell", "no_equipment", "travelling", "too_easy")


@dataclass(frozen=True, slots=True)
class Habit:
    """One patient's temperament, drawn once."""

    way: Way
    steadiness: float
    stops_at: float
    pain_at_start: float
    pain_at_end: float

    def chance_of_doing(self, progress: float, weekday: int) -> float:
        """Return the chance that what is due is done."""
        if progress >= self.stops_at:
            return 0.0
        chance = self.steadiness
        if self.way is Way.FADING:
            chance -= 0.75 * progress
        if self.way is Way.UNEVEN and weekday >= WEEKEND:
            chance -= 0.30
        return min(0.98, max(0.04, chance))

    def chance_of_saying_why_not(self, progress: float) -> float:
        """Return the chance that what is not done is reported as skipped, with its reason."""
        return 0.0 if progress >= self.stops_at else 0.45

    @property
    def chance_of_half(self) -> float:
        return {Way.GOOD: 0.03, Way.OVER_DOING: 0.0}.get(self.way, 0.08)

    @property
    def chance_of_more(self) -> float:
        """Return the chance of twice the sets, and of doing an exercise on its rest day."""
        return 0.30 if self.way is Way.OVER_DOING else 0.01

    @property
    def reasons(self) -> tuple[str, ...]:
        return REASONS.get(self.way, USUAL_REASONS)

    def pain(self, progress: float, noise: float) -> int:
        """Return the pain 0..10 that is reported; `noise` is around 0."""
        level = self.pain_at_start + (self.pain_at_end - self.pain_at_start) * progress + noise
        return min(10, max(0, round(level)))


STEADINESS = {
    Way.GOOD: (0.88, 0.97),
    Way.UNEVEN: (0.62, 0.78),
    Way.FADING: (0.92, 0.99),
    Way.DROPPED_OUT: (0.70, 0.90),
    Way.OVER_DOING: (0.94, 0.99),
    Way.PAUSED: (0.78, 0.90),
    Way.NEW: (0.95, 0.95),
    Way.INVITED: (0.0, 0.0),
}


def draw_habit(patient: DemoPatient, lots: random.Random) -> Habit:
    """Draw a patient's temperament."""
    start = lots.uniform(3.0, 6.0)
    end = start + lots.uniform(1.5, 3.0) if SORE in patient.traits else start * lots.uniform(0.2, 0.6)
    return Habit(
        way=patient.way,
        steadiness=lots.uniform(*STEADINESS[patient.way]),
        stops_at=lots.uniform(0.25, 0.55) if patient.way is Way.DROPPED_OUT else 2.0,
        pain_at_start=start,
        pain_at_end=end,
    )
