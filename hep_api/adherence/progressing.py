"""Whether a rule for the next dose is met: pure. It only ever leads to a suggestion; a person decides.

The window is the last `after_days` closed calendar days, all of which the version must have held. Days without an
expectation, rest days and pauses, lie in it and weigh nothing. Pain is that reported with this exercise; what was
reported today, which is not over, counts against the rule and never for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hep_api.adherence.counting import DayCount
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.windows import Window, trailing
from hep_api.dosing.progression import Progression


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rule was judged by: the window, the completion in it, and how much pain was reported how often."""

    window: Window
    completion: Ratio
    pain_reports: int
    highest_pain: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.window.first.isoformat(),
            "to": self.window.last.isoformat(),
            "completion": self.completion.shown,
            "pain_reports": self.pain_reports,
            "highest_pain": self.highest_pain,
        }


def evidence_for(rule: Progression, valid_from: date, last_closed: date, counts: Iterable[DayCount]) -> Evidence | None:
    """Return the evidence when the rule is met, else None; `counts` are the prescription's, today's among them."""
    window = trailing(rule.after_days, last_closed)
    if window.first < valid_from:
        return None
    counts = list(counts)
    within = [count for count in counts if count.day in window]
    done, expected = sum(count.done for count in within), sum(count.expected for count in within)
    # As it was written down, 0.8 is four fifths and not the nearest binary fraction.
    if expected == 0 or Fraction(done, expected) < Fraction(str(rule.completion_at_least)):
        return None
    pains = [pain for count in within for pain in count.pains]
    today = [pain for count in counts if count.day == last_closed + timedelta(days=1) for pain in count.pains]
    if rule.pain_under is not None and (not pains or max(pains + today) >= rule.pain_under):
        return None
    return Evidence(window, Ratio(Fraction(done), expected), len(pains), max(pains, default=None))
