"""What a rule found: since which local date, and on what evidence."""

from dataclasses import dataclass
from datetime import date

from hep_api.insights.evidence import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """That a rule holds for a patient."""

    since_on: date
    evidence: Json


def has_other_events(evidence: Json, seen: Json) -> bool:
    """Tell whether an event stands in the evidence that did not in the evidence which somebody has seen."""
    return not set(evidence["event_ids"]) <= set(seen["event_ids"])


def has_later_message(evidence: Json, seen: Json) -> bool:
    """Tell whether a later message has waited too long than those that somebody has seen."""
    return bool(evidence["last_seq"] > seen["last_seq"])
